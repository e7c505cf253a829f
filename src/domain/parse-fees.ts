/** The fees of the terms. Tiers have the shape of ccxt's `fees.trading.tiers`: `[volume from which it holds, ratio]`. */

import type { FeeRole } from './market.ts';
import { toDecimal, toNumber } from './money.ts';
import type { ExchangeFees, FeeTier, FeeTiers, MarketFees, Terms } from './terms.ts';
import {
  type Fields,
  invalidTerm,
  readAmount,
  readEntries,
  readFields,
  readNumber,
  toAmountText,
} from './terms-fields.ts';

const MARKET_FIELDS = ['takerBps', 'makerBps', 'buy', 'sell'];
const EXCHANGE_FIELDS = [...MARKET_FIELDS, 'volume30d', 'tiers', 'markets'];
/** As in `Market`. */
const SYMBOL = /^[^\s/:]+\/[^\s/:]+(:[^\s/:]+)?$/;
/** As wide as the bounds of TAKER_BPS. */
const FEE_RANGE = [-100, 1_000] as const;

export function parseFees(value: unknown): Terms['fees'] {
  return new Map(
    readEntries(value, 'fees').map(([exchange, fees]) => [
      exchange,
      parseExchange(fees, `fees.${exchange}`),
    ]),
  );
}

function parseExchange(value: unknown, path: string): ExchangeFees {
  const fields = readFields(value, path, EXCHANGE_FIELDS);
  const own = toMarketFees(fields, path);
  const tiers = fields.tiers === undefined ? null : parseTiers(fields.tiers, `${path}.tiers`);
  if (tiers !== null && (own.takerBps !== null || own.makerBps !== null)) {
    throw invalidTerm(path, 'either tiers or takerBps and makerBps', Object.keys(fields));
  }
  const markets = readEntries(fields.markets, `${path}.markets`).map(([symbol, fees]) => {
    const at = `${path}.markets.${symbol}`;
    if (!SYMBOL.test(symbol)) throw invalidTerm(at, 'a symbol such as BTC/USDT', symbol);
    return [symbol, toMarketFees(readFields(fees, at, MARKET_FIELDS), at)] as const;
  });
  const volume30d = readAmount(fields, 'volume30d', path);
  return { ...own, volume30d, tiers, markets: new Map(markets) };
}

function toMarketFees(fields: Fields, path: string): MarketFees {
  return {
    takerBps: readNumber(fields, 'takerBps', path, FEE_RANGE),
    makerBps: readNumber(fields, 'makerBps', path, FEE_RANGE),
    buyRole: readRole(fields, 'buy', path),
    sellRole: readRole(fields, 'sell', path),
  };
}

function readRole(fields: Fields, name: 'buy' | 'sell', path: string): FeeRole | null {
  const value = fields[name] ?? null;
  if (value === null || value === 'taker' || value === 'maker') return value;
  throw invalidTerm(`${path}.${name}`, 'taker or maker', value);
}

function parseTiers(value: unknown, path: string): FeeTiers {
  const fields = readFields(value, path, ['taker', 'maker']);
  return {
    taker: parseTierList(fields.taker, `${path}.taker`),
    maker: parseTierList(fields.maker, `${path}.maker`),
  };
}

function parseTierList(value: unknown, path: string): readonly FeeTier[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalidTerm(path, 'a list of [volume, ratio]', value);
  const tiers = value.map((tier: unknown, index) => parseTier(tier, `${path}[${index}]`));
  return tiers.sort((a, b) => Number(a.fromVolume) - Number(b.fromVolume));
}

function parseTier(value: unknown, path: string): FeeTier {
  const [volume, ratio]: readonly unknown[] = Array.isArray(value) ? value : [];
  const fromVolume = toAmountText(volume);
  const feeBps = toFeeBps(ratio);
  const isInRange = feeBps !== null && feeBps >= FEE_RANGE[0] && feeBps <= FEE_RANGE[1];
  if (fromVolume === null || !isInRange) {
    throw invalidTerm(path, '[volume, ratio], the ratio from -0.01 to 0.1', value);
  }
  return { fromVolume, feeBps };
}

/**
 * A ratio as basis points, by moving the decimal point: 0.00075 → 7.5, exact. Of a number the noise of binary fractions
 * beyond 12 digits is left out. Null when it is no ratio.
 */
export function toFeeBps(ratio: unknown): number | null {
  if (typeof ratio !== 'number' && typeof ratio !== 'string') return null;
  try {
    const { units, scale } = toDecimal(typeof ratio === 'number' ? ratio.toPrecision(12) : ratio);
    return toNumber({ units: units * 10_000n, scale });
  } catch {
    return null;
  }
}
