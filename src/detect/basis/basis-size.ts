/** The size that a notional makes, on the lots of both legs and within their limits. */

import type { Market } from '../../domain/market.ts';
import {
  compare,
  type Decimal,
  divide,
  floorToStep,
  multiply,
  subtract,
  toDecimal,
  ZERO,
} from '../../domain/money.ts';
import { commonStepOf } from '../costs/lattice.ts';
import { SIZE_SCALE } from '../ladder.ts';
import type { BasisPair } from './basis-pairs.ts';
import type { BasisPairReason } from './reasons.ts';

/**
 * As much as `notionalInQuote` buys at the long leg's best ask, rounded down to a multiple of both legs' lots. The lots
 * of an inverse contract are of quote units: they do not bind the size in base units, see `toContracts`.
 */
export function sizeOf({ long, short }: BasisPair, notionalInQuote: number): Decimal {
  const price = long.asks[0]?.[0];
  if (price === undefined) return ZERO;
  const size = divide(toDecimal(notionalInQuote), toDecimal(price), SIZE_SCALE);
  const step = commonStepOf(long.market, short.market);
  return step === null ? size : floorToStep(size, step);
}

/** Null when both legs may be ordered at this size. */
export function judgeSize(pair: BasisPair, size: Decimal): BasisPairReason | null {
  const legs = [
    { market: pair.long.market, price: pair.long.asks[0]?.[0] ?? 0 },
    { market: pair.short.market, price: pair.short.bids[0]?.[0] ?? 0 },
  ];
  const refused = legs.find(({ market, price }) => !isAllowed(market, size, price));
  if (refused === undefined) return null;
  const { exchange, symbol } = refused.market;
  return { code: 'size_not_allowed', exchange, symbol };
}

function isAllowed(market: Market, size: Decimal, price: number): boolean {
  const amount = multiply(size, toDecimal(price));
  return (
    compare(size, ZERO) > 0 &&
    isWithin(market.minSizeInBase, size, market.maxSizeInBase) &&
    isWithin(market.minCostInQuote, amount, market.maxCostInQuote ?? null)
  );
}

function isWithin(least: string | null, value: Decimal, most: string | null): boolean {
  return (
    (least === null || compare(value, toDecimal(least)) >= 0) &&
    (most === null || compare(value, toDecimal(most)) <= 0)
  );
}

/** Orders of a contract leg. */
export interface Contracts {
  /** Whole steps of contracts. */
  readonly count: Decimal;
  /** Value of what the rounding leaves without its other leg, quote units; zero for linear contracts on the lattice. */
  readonly unhedgedInQuote: Decimal;
}

/** Null for spot. @param amountInQuote - what the size is worth at the leg's own prices. */
export function toContracts(
  { contract }: Market,
  size: Decimal,
  amountInQuote: Decimal,
): Contracts | null {
  if (contract === undefined) return null;
  const contractSize = toDecimal(contract.contractSize);
  const isLinear = contract.settlement === 'linear';
  const wanted = divide(isLinear ? size : amountInQuote, contractSize, SIZE_SCALE);
  const step = contract.contractStep === null ? null : toDecimal(contract.contractStep);
  const count = step === null ? wanted : floorToStep(wanted, step);
  return { count, unhedgedInQuote: unhedged(count, contractSize, isLinear, size, amountInQuote) };
}

function unhedged(
  count: Decimal,
  contractSize: Decimal,
  isLinear: boolean,
  size: Decimal,
  amountInQuote: Decimal,
): Decimal {
  const covered = multiply(count, contractSize);
  if (compare(covered, isLinear ? size : amountInQuote) === 0) return ZERO;
  const coveredInQuote = isLinear
    ? divide(multiply(covered, amountInQuote), size, SIZE_SCALE)
    : covered;
  return subtract(amountInQuote, coveredInQuote);
}
