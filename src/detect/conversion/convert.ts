/**
 * Converts an amount of one asset into another along the best path, at depth and after taker fees. Searched in f64; the
 * path that is given is priced exactly. A hop between exchanges is free: each trade is made from what is held there.
 * Lots and least sizes are not applied.
 */

import {
  add,
  compare,
  type Decimal,
  divide,
  multiply,
  subtract,
  toDecimal,
  toDecimalString,
  toNumber,
  ZERO,
} from '../../domain/money.ts';
import { toLegFee } from '../costs/leg-fee.ts';
import { type Fill, fillLadder, sizeForAmount } from '../ladder.ts';
import {
  type ConversionEdge,
  type ConversionMarket,
  outputOf,
  toConversionGraph,
} from './edges.ts';
import { isConnected, searchPath } from './search.ts';

/** Why there is no conversion. */
export type ConversionFailure =
  /** No market that is watched trades one of the assets. */
  | 'asset_unknown'
  /** No chain of trades is short enough. */
  | 'no_path'
  /** There is a chain, but not of markets that pass their guards: stale, crossed, suspended. */
  | 'no_usable_path'
  /** There is a chain of usable markets, but their known depth holds less. */
  | 'too_thin';

/** One trade. Decimal strings. */
export interface ConversionLeg {
  readonly exchange: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly from: string;
  readonly to: string;
  /** Units of `from`, fee included. */
  readonly amountIn: string;
  /** Units of `to`, fee deducted. */
  readonly amountOut: string;
  readonly averagePriceInQuote: string;
  readonly limitPriceInQuote: string;
  readonly takerBps: number;
  readonly levelsCount: number;
  /** False when only the best price and its size were known. */
  readonly hasDepth: boolean;
}

export type Conversion =
  | {
      readonly found: true;
      readonly amountOut: string;
      /** Output over input, rounded towards zero at 18 places. */
      readonly rate: string;
      readonly legs: readonly ConversionLeg[];
    }
  | { readonly found: false; readonly reason: ConversionFailure };

export interface ConversionRequest {
  readonly from: string;
  /** Another asset than `from`. */
  readonly to: string;
  /** Units of `from`, above zero. */
  readonly amount: Decimal;
  readonly maxLegsCount: number;
}

const RATE_SCALE = 18;
const ONE = toDecimal(1);

export function convert(
  markets: readonly ConversionMarket[],
  request: ConversionRequest,
): Conversion {
  const { from, to, amount, maxLegsCount } = request;
  const graph = toConversionGraph(markets.filter(({ guard }) => guard === null));
  const path = searchPath(graph, from, to, toNumber(amount), maxLegsCount, outputOf);
  const legs = path === null ? null : priceLegs(path.edges, amount);
  if (legs === null) return { found: false, reason: failureOf(markets, request) };
  const amountOut = legs.at(-1)?.amountOut ?? '0';
  const rate = toDecimalString(divide(toDecimal(amountOut), amount, RATE_SCALE));
  return { found: true, amountOut, rate, legs };
}

/** Which of the reasons it is, from the most general on. */
export function failureOf(
  markets: readonly ConversionMarket[],
  { from, to, maxLegsCount }: Omit<ConversionRequest, 'amount'>,
): ConversionFailure {
  const all = toConversionGraph(markets);
  if (!all.has(from) || !all.has(to)) return 'asset_unknown';
  if (!isConnected(all, from, to, maxLegsCount)) return 'no_path';
  const usable = toConversionGraph(markets.filter(({ guard }) => guard === null));
  return isConnected(usable, from, to, maxLegsCount) ? 'too_thin' : 'no_usable_path';
}

/** Null when a book holds less than the f64 search took it for. */
function priceLegs(
  edges: readonly ConversionEdge[],
  amount: Decimal,
): readonly ConversionLeg[] | null {
  const legs: ConversionLeg[] = [];
  let held = amount;
  for (const edge of edges) {
    const leg = priceLeg(edge, held);
    if (leg === null) return null;
    legs.push(leg);
    held = toDecimal(leg.amountOut);
  }
  return legs;
}

function priceLeg(edge: ConversionEdge, amountIn: Decimal): ConversionLeg | null {
  const { market, hasDepth } = edge.source;
  const fee = toLegFee(market, edge.side);
  const isSale = edge.side === 'sell';
  const [inFee, outFee] = isSale
    ? [fee.inBaseRatio, fee.inQuoteRatio]
    : [fee.inQuoteRatio, fee.inBaseRatio];
  const given =
    compare(inFee, ZERO) === 0 ? amountIn : divide(amountIn, add(ONE, inFee), RATE_SCALE);
  const size = isSale ? given : sizeForAmount(knownLevels(edge), given, 'down');
  if (size === null || compare(size, ZERO) <= 0) return null;
  const fill = fillLadder(knownLevels(edge), size);
  if (fill === null) return null;
  const received = isSale ? fill.amountInQuote : size;
  return {
    exchange: market.exchange,
    symbol: market.symbol,
    side: edge.side,
    from: edge.from,
    to: edge.to,
    amountIn: toDecimalString(amountIn),
    amountOut: toDecimalString(multiply(received, subtract(ONE, outFee))),
    ...pricesOf(fill),
    takerBps: market.takerBps,
    levelsCount: fill.levelsCount,
    hasDepth,
  };
}

function knownLevels({ levels }: ConversionEdge) {
  return levels.filter(([, size]) => size > 0);
}

function pricesOf({ averagePrice, limitPrice }: Fill) {
  return {
    averagePriceInQuote: toDecimalString(averagePrice),
    limitPriceInQuote: toDecimalString(limitPrice),
  };
}
