/** ccxt's unified market → a `Market`: fees in basis points, steps and limits as decimal strings. */

import type { FeeSide, Market } from '../../../domain/market.ts';
import { toFeeBps } from '../../../domain/parse-fees.ts';
import type { CcxtExchange, CcxtMarket } from './ccxt-types.ts';

/**
 * Taker fee assumed where ccxt knows none, basis points. Higher than the base taker fee of 74 of the 78 exchanges for
 * which ccxt 4.5.84 lists one: an edge that is not there is worse than one that is missed.
 */
export const ASSUMED_TAKER_BPS = 100;
/** Maker fee assumed where ccxt knows none, basis points; as high as the taker's, for the same reason. */
export const ASSUMED_MAKER_BPS = 100;

/** ccxt's `DECIMAL_PLACES`: precision is a count of digits after the point. */
const DECIMAL_PLACES = 2;
/** ccxt's `TICK_SIZE`: precision is the step itself. (`SIGNIFICANT_DIGITS`, 3, has no fixed step.) */
const TICK_SIZE = 4;

/** What this driver needs of a market beside what the program sees of it. */
export interface LoadedMarket {
  readonly market: Market;
  readonly isSpot: boolean;
  /** Base units per unit of size in a book: 1 for spot, the contract's size for linear derivatives. */
  readonly sizeScale: number;
}

/** Fees by own volume, of markets that have the exchange's base fee. */
export interface TieredFees {
  readonly baseTaker: unknown;
  readonly takerBps: number | null;
  readonly makerBps: number | null;
}

export interface ToMarketOptions {
  /** Null: no own volume is known, or ccxt knows no tiers. */
  readonly tieredFees?: TieredFees | null;
  /** Used for every market instead of its own taker fee, basis points; null: the market's own. */
  readonly takerBpsOverride: number | null;
}

/**
 * Null for what cannot be compared between exchanges: markets without base, quote or symbol, options, and inverse
 * derivatives, whose sizes are in quote units.
 */
export function toMarket(
  exchange: Pick<CcxtExchange, 'id' | 'precisionMode' | 'numberToString'>,
  source: CcxtMarket,
  options: ToMarketOptions,
): LoadedMarket | null {
  const { symbol, base, quote } = source;
  if (!isText(symbol) || !isText(base) || !isText(quote)) return null;
  const isSpot = source.spot === true;
  if (!isSpot && source.linear !== true) return null;
  const sizeScale = isSpot ? 1 : toPositive(source.contractSize);
  if (sizeScale === null) return null;
  const decimal = (value: unknown, scale = 1) => toDecimalString(exchange, value, scale);
  const { takerBps, makerBps, isFeeAssumed } = toFees(source, options);
  const feeSide = toFeeSide(source.feeSide);
  const maxCostInQuote = decimal(source.limits?.cost?.max);
  const market: Market = {
    exchange: exchange.id,
    symbol,
    base,
    quote,
    takerBps,
    makerBps,
    ...(feeSide === 'quote' ? {} : { feeSide }),
    ...(isFeeAssumed ? { isFeeAssumed } : {}),
    priceStep: decimal(toStep(exchange.precisionMode, source.precision?.price)),
    sizeStep: decimal(toStep(exchange.precisionMode, source.precision?.amount), sizeScale),
    minSizeInBase: decimal(source.limits?.amount?.min, sizeScale),
    maxSizeInBase: decimal(source.limits?.amount?.max, sizeScale),
    minCostInQuote: decimal(source.limits?.cost?.min),
    ...(maxCostInQuote === null ? {} : { maxCostInQuote }),
    isActive: source.active !== false,
  };
  return { market, isSpot, sizeScale };
}

function toFees(source: CcxtMarket, { takerBpsOverride, tieredFees }: ToMarketOptions) {
  const isRatio = source.percentage !== false;
  const isBase = isRatio && source.spot === true && source.taker === tieredFees?.baseTaker;
  const tiered = isBase ? (tieredFees ?? null) : null;
  const takerBps = tiered?.takerBps ?? (isRatio ? toFeeBps(source.taker) : null);
  const makerBps = tiered?.makerBps ?? (isRatio ? toFeeBps(source.maker) : null);
  return {
    takerBps: takerBpsOverride ?? takerBps ?? ASSUMED_TAKER_BPS,
    makerBps: makerBps ?? ASSUMED_MAKER_BPS,
    isFeeAssumed: takerBps === null && takerBpsOverride === null,
  };
}

/** A fee in a third asset (`other`) is counted in quote units, as ccxt's own calculation does. */
function toFeeSide(value: unknown): FeeSide {
  return value === 'get' || value === 'give' || value === 'base' ? value : 'quote';
}

function toStep(precisionMode: number, precision: unknown): number | null {
  if (typeof precision !== 'number' || !Number.isFinite(precision)) return null;
  if (precisionMode === TICK_SIZE) return precision;
  return precisionMode === DECIMAL_PLACES ? Number(`1e${-precision}`) : null;
}

/** Without an exponent; null unless it is a positive number. */
function toDecimalString(
  exchange: Pick<CcxtExchange, 'numberToString'>,
  value: unknown,
  scale: number,
): string | null {
  const number = toPositive(value);
  if (number === null) return null;
  const scaled = scale === 1 ? number : Number((number * scale).toPrecision(15));
  return exchange.numberToString(scaled) ?? null;
}

function toPositive(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
