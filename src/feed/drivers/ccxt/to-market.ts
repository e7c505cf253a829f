/** ccxt's unified market → a `Market`: fees in basis points, steps and limits as decimal strings. */

import type { ContractTerms, FeeSide, Market } from '../../../domain/market.ts';
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
  /**
   * What a unit of size in a book stands for: 1 base unit for spot, the contract's size otherwise, which is of base units
   * when linear and of quote units when inverse.
   */
  readonly sizeScale: number;
  readonly isInverse: boolean;
  /** Exchanges take markets of one group in one subscription or request: `spot`, `linear swap` and so on. */
  readonly group: string;
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
 * Null for what cannot be compared between exchanges: markets without base, quote or symbol, options, and contracts that
 * are settled in a third asset.
 */
export function toMarket(
  exchange: Pick<CcxtExchange, 'id' | 'precisionMode' | 'numberToString'>,
  source: CcxtMarket,
  options: ToMarketOptions,
): LoadedMarket | null {
  const { symbol, base, quote } = source;
  if (!isText(symbol) || !isText(base) || !isText(quote)) return null;
  const isSpot = source.spot === true;
  const contract = isSpot ? null : toContract(exchange, source);
  if (!isSpot && contract === null) return null;
  const isInverse = contract?.settlement === 'inverse';
  const sizeScale = isSpot ? 1 : toPositive(source.contractSize);
  if (sizeScale === null) return null;
  const decimal = (value: unknown, scale = 1) => toDecimalString(exchange, value, scale);
  const { takerBps, makerBps, isFeeAssumed } = toFees(source, options);
  // Nothing is delivered when a contract is traded: its fee is taken from the margin, by the amount in quote units.
  const feeSide = isSpot ? toFeeSide(source.feeSide) : 'quote';
  const limits = toLimits(decimal, source, sizeScale, isInverse);
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
    // A lot of an inverse contract is worth so many quote units, in base units another size at each price.
    sizeStep: isInverse
      ? null
      : decimal(toStep(exchange.precisionMode, source.precision?.amount), sizeScale),
    ...limits,
    isActive: source.active !== false,
    ...(contract === null ? {} : { contract }),
  };
  return { market, isSpot, sizeScale, isInverse, group: toGroup(contract) };
}

type ToDecimal = (value: unknown, scale?: number) => string | null;
type Limits = Pick<Market, 'minSizeInBase' | 'maxSizeInBase' | 'minCostInQuote' | 'maxCostInQuote'>;

/** Limits of an inverse contract's size are of contracts, that is, of quote units. */
function toLimits(
  decimal: ToDecimal,
  { limits }: CcxtMarket,
  sizeScale: number,
  isInverse: boolean,
): Limits {
  const minSize = decimal(limits?.amount?.min, sizeScale);
  const maxSize = decimal(limits?.amount?.max, sizeScale);
  const minCost = decimal(limits?.cost?.min);
  const maxCost = decimal(limits?.cost?.max);
  const maxCostInQuote = isInverse ? (maxSize ?? maxCost) : maxCost;
  return {
    minSizeInBase: isInverse ? null : minSize,
    maxSizeInBase: isInverse ? null : maxSize,
    minCostInQuote: isInverse ? (minSize ?? minCost) : minCost,
    ...(maxCostInQuote === null ? {} : { maxCostInQuote }),
  };
}

/** Null for options and for contracts that are neither linear nor inverse. */
function toContract(
  exchange: Pick<CcxtExchange, 'precisionMode' | 'numberToString'>,
  source: CcxtMarket,
): ContractTerms | null {
  if (source.option === true) return null;
  const isDated = source.future === true;
  if (!isDated && source.swap !== true) return null;
  if (source.linear !== true && source.inverse !== true) return null;
  const contractSize = toDecimalString(exchange, source.contractSize, 1);
  if (contractSize === null) return null;
  const step = toStep(exchange.precisionMode, source.precision?.amount);
  return {
    kind: isDated ? 'dated' : 'perpetual',
    settlement: source.linear === true ? 'linear' : 'inverse',
    contractSize,
    contractStep: toDecimalString(exchange, step, 1),
    expiryMs: isDated ? toPositive(source.expiry) : null,
  };
}

function toGroup(contract: ContractTerms | null): string {
  return contract === null ? 'spot' : `${contract.settlement} ${contract.kind}`;
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
