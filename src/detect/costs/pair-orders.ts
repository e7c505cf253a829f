/** Two orders of one size, filled and paid for, exactly. */

import {
  add,
  bpsToRatio,
  type Decimal,
  multiply,
  subtract,
  toDecimal,
  ZERO,
} from '../../domain/money.ts';
import { type Fill, fillLadder } from '../ladder.ts';
import { isWithinLimits, type SizeLimits } from './pair-limits.ts';
import { type PairTerms, toBoughtSize, toNetworkFee, toRemainder } from './pair-terms.ts';

export interface PairOrders {
  readonly bought: Fill;
  readonly sold: Fill;
  /** Base units that rounding to lots leaves over. */
  readonly remainderInBase: Decimal;
  /** Paid, a fee in quote units included. */
  readonly cost: Decimal;
  /** Received, a fee in quote units deducted. */
  readonly proceeds: Decimal;
  readonly fixedCost: Decimal;
  /** Base units that the way to the other exchange costs; zero without one. */
  readonly networkFeeInBase: Decimal;
  /** Price risk on the way, quote units; zero without one. */
  readonly risk: Decimal;
  /** Proceeds less cost, fixed cost and risk. */
  readonly profit: Decimal;
}

export type OrderSettings = SizeLimits & { readonly fixedCostInQuote?: number };

const ONE = toDecimal(1);

/** Null when the books hold less, or a limit of a market, of a balance or of the settings is broken. */
export function toPairOrders(
  terms: PairTerms,
  size: Decimal,
  settings: OrderSettings,
): PairOrders | null {
  const bought = fillLadder(terms.buy.book.asks, toBoughtSize(terms, size));
  const sold = fillLadder(terms.sell.book.bids, size);
  if (bought === null || sold === null) return null;
  const cost = multiply(bought.amountInQuote, add(ONE, terms.buyFee.inQuoteRatio));
  const isAllowed = isWithinLimits(terms, settings, {
    bought: bought.sizeInBase,
    sold: size,
    boughtAmount: bought.amountInQuote,
    soldAmount: sold.amountInQuote,
    cost,
  });
  if (!isAllowed) return null;
  const proceeds = multiply(sold.amountInQuote, subtract(ONE, terms.sellFee.inQuoteRatio));
  const risk = terms.carriage === null ? ZERO : multiply(proceeds, terms.carriage.riskRatio);
  const fixedCost = settings.fixedCostInQuote ? toDecimal(settings.fixedCostInQuote) : ZERO;
  return {
    bought,
    sold,
    remainderInBase: toRemainder(terms, bought.sizeInBase, size),
    cost,
    proceeds,
    fixedCost,
    networkFeeInBase: toNetworkFee(terms, bought.sizeInBase),
    risk,
    profit: subtract(subtract(subtract(proceeds, cost), fixedCost), risk),
  };
}

/** What is earned above the least edge: profit − θ × cost. It is concave in the size, as the profit is. */
export function surplusOf({ profit, cost }: PairOrders, minEdgeBps: number): Decimal {
  return subtract(profit, multiply(cost, bpsToRatio(minEdgeBps)));
}
