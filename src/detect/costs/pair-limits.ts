/** The least and the most that both markets, the balances and the settings let a pair be, in the size sold. */

import type { Level } from '../../domain/book.ts';
import {
  add,
  compare,
  type Decimal,
  divide,
  divideUp,
  multiply,
  toDecimal,
  ZERO,
} from '../../domain/money.ts';
import { SIZE_SCALE, sizeForAmount } from '../ladder.ts';
import type { DetectionSettings } from '../settings.ts';
import { arrivedOf, brokenBoundOf } from '../transfer/hops.ts';
import { type PairTerms, toSoldSize } from './pair-terms.ts';

export type SizeLimits = Pick<DetectionSettings, 'maxSizeInBase' | 'maxNotionalInQuote'>;

const ONE = toDecimal(1);

/** Upper bounds of the size sold, without those of depth and lots; rounded down at 12 places. */
export function mostSizes(terms: PairTerms, settings: SizeLimits): Decimal[] {
  const { buy, sell, givenRatio } = terms;
  const bought = [buy.market.maxSizeInBase, ...amountCaps(terms, settings)].flatMap((cap) =>
    cap === null ? [] : [toSoldSize(terms, typeof cap === 'string' ? toDecimal(cap) : cap)],
  );
  const soldCost = toCap(sell.market.maxCostInQuote, (most) =>
    sizeForAmount(sell.book.bids, most, 'down'),
  );
  const balance = toCap(sell.balance, (most) => divide(most, givenRatio, SIZE_SCALE));
  const sold = [
    toCap(finite(settings.maxSizeInBase), identity),
    toCap(sell.market.maxSizeInBase, identity),
    soldCost,
    balance,
    mostCarried(terms),
  ].filter((cap) => cap !== null);
  return [...bought, ...sold];
}

/** What arrives of the greatest withdrawal, in the size sold; null without a limit. */
function mostCarried({ carriage, givenRatio }: PairTerms): Decimal | null {
  if (carriage === null) return null;
  const { hop } = carriage;
  return toCap(hop.maxWithdrawalInAsset, (most) =>
    divide(maximum(arrivedOf(hop, most), ZERO), givenRatio, SIZE_SCALE),
  );
}

/** Sizes bought at which an amount reaches its limit; null where the asks are worth less. */
function amountCaps({ buy, buyFee }: PairTerms, settings: SizeLimits): (Decimal | null)[] {
  const feeFactor = add(ONE, buyFee.inQuoteRatio);
  const capOf = (paid: Decimal) =>
    sizeForAmount(buy.book.asks, divide(paid, feeFactor, SIZE_SCALE), 'down');
  return [
    toCap(finite(settings.maxNotionalInQuote), capOf),
    toCap(buy.balance, capOf),
    toCap(buy.market.maxCostInQuote, (most) => sizeForAmount(buy.book.asks, most, 'down')),
  ];
}

/** The least size sold that both markets accept; null when the books are worth less than a least cost. */
export function leastSize(terms: PairTerms): Decimal | null {
  const { buy, sell } = terms;
  const bought = leastOf(buy.market, buy.book.asks);
  const sold = leastOf(sell.market, sell.book.bids);
  if (bought === null || sold === null) return null;
  const received = multiply(bought, terms.receivedRatio);
  const soldForBought = divideUp(received, terms.givenRatio, Math.max(SIZE_SCALE, received.scale));
  return maximum(maximum(sold, soldForBought), leastCarried(terms));
}

/** The size sold with which both the least withdrawal and the least deposit are reached. */
function leastCarried({ carriage, givenRatio }: PairTerms): Decimal {
  if (carriage === null) return ZERO;
  const { hop } = carriage;
  const withdrawn = arrivedOf(hop, toDecimal(hop.minWithdrawalInAsset ?? 0));
  const arrived = maximum(withdrawn, toDecimal(hop.minDepositInAsset ?? 0));
  if (compare(arrived, ZERO) <= 0) return ZERO;
  return divideUp(arrived, givenRatio, Math.max(SIZE_SCALE, arrived.scale));
}

function leastOf(market: PairTerms['buy']['market'], levels: readonly Level[]): Decimal | null {
  const forCost =
    market.minCostInQuote === null
      ? ZERO
      : sizeForAmount(levels, toDecimal(market.minCostInQuote), 'up');
  const size = market.minSizeInBase === null ? ZERO : toDecimal(market.minSizeInBase);
  return forCost === null ? null : maximum(size, forCost);
}

/** @returns true when orders of these sizes and amounts are within every limit. */
export function isWithinLimits(
  { buy, sell, receivedRatio, givenRatio, carriage }: PairTerms,
  settings: SizeLimits,
  orders: {
    readonly bought: Decimal;
    readonly sold: Decimal;
    readonly boughtAmount: Decimal;
    readonly soldAmount: Decimal;
    readonly cost: Decimal;
  },
): boolean {
  const { bought, sold, boughtAmount, soldAmount, cost } = orders;
  return (
    isBetween(buy.market.minSizeInBase, bought, buy.market.maxSizeInBase) &&
    isBetween(sell.market.minSizeInBase, sold, sell.market.maxSizeInBase) &&
    isBetween(buy.market.minCostInQuote, boughtAmount, buy.market.maxCostInQuote) &&
    isBetween(sell.market.minCostInQuote, soldAmount, sell.market.maxCostInQuote) &&
    isBetween(null, cost, finite(settings.maxNotionalInQuote)) &&
    isBetween(null, sold, finite(settings.maxSizeInBase)) &&
    isBetween(null, cost, buy.balance) &&
    isBetween(null, multiply(sold, givenRatio), sell.balance) &&
    (carriage === null || brokenBoundOf(carriage.hop, multiply(bought, receivedRatio)) === null)
  );
}

type Bound = string | number | null | undefined;

function isBetween(least: Bound, value: Decimal, most: Bound): boolean {
  const isEnough = least === null || least === undefined || compare(value, toDecimal(least)) >= 0;
  return isEnough && (most === null || most === undefined || compare(value, toDecimal(most)) <= 0);
}

function toCap(given: Bound, convert: (most: Decimal) => Decimal | null): Decimal | null {
  return given === null || given === undefined ? null : convert(toDecimal(given));
}

function identity(value: Decimal): Decimal {
  return value;
}

function finite(value: number): number | null {
  return value === Number.POSITIVE_INFINITY ? null : value;
}

function maximum(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) >= 0 ? a : b;
}
