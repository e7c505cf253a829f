/** The cost waterfall of two orders: gross → depth → trading fees → network fee → price risk → lots → fixed → net. */

import type { Level } from '../../domain/book.ts';
import {
  add,
  type Decimal,
  divide,
  multiply,
  negate,
  subtract,
  toDecimal,
  toDecimalString,
  toNumber,
} from '../../domain/money.ts';
import type { CostWaterfall, WaterfallStep, WaterfallStepCode } from '../../domain/waterfall.ts';
import { fillLadder, SIZE_SCALE } from '../ladder.ts';
import { withdrawnFor } from '../transfer/hops.ts';
import { breakEvenSize } from './break-even.ts';
import type { PairOrders } from './pair-orders.ts';
import type { PairTerms } from './pair-terms.ts';

const BPS = toDecimal(10_000);
/** Decimal places of basis points. */
export const BPS_SCALE = 9;

/** `amount` over `base` in basis points, rounded towards zero at 9 places. */
export function toBps(amount: Decimal, base: Decimal): number {
  return toNumber(divide(multiply(amount, BPS), base, BPS_SCALE));
}

/** Fees of both legs in quote units; what is taken in base units is valued at the best ask. */
export function toFees(terms: PairTerms, orders: PairOrders): readonly [Decimal, Decimal] {
  const ask = bestOf(terms.buy.book.asks);
  const { bought, sold } = orders;
  const { buyFee, sellFee } = terms;
  return [
    add(
      multiply(bought.amountInQuote, buyFee.inQuoteRatio),
      multiply(multiply(bought.sizeInBase, buyFee.inBaseRatio), ask),
    ),
    add(
      multiply(sold.amountInQuote, sellFee.inQuoteRatio),
      multiply(multiply(sold.sizeInBase, sellFee.inBaseRatio), ask),
    ),
  ];
}

/** Steps in quote units and basis points of the cost; they add up to the profit exactly. */
export function toPairWaterfall(terms: PairTerms, orders: PairOrders): CostWaterfall {
  const { buy, sell } = terms;
  const { bought, sold, cost, profit } = orders;
  const ask = bestOf(buy.book.asks);
  const bid = bestOf(sell.book.bids);
  const [buyFee, sellFee] = toFees(terms, orders);
  const buyDepth = subtract(bought.amountInQuote, multiply(bought.sizeInBase, ask));
  const sellDepth = subtract(multiply(sold.sizeInBase, bid), sold.amountInQuote);
  const step = (code: WaterfallStepCode, amount: Decimal, exchange: string | null = null) =>
    toStep(code, exchange, amount, cost);
  const steps = [
    step('gross', multiply(sold.sizeInBase, subtract(bid, ask))),
    step('depth', negate(buyDepth), buy.market.exchange),
    step('depth', negate(sellDepth), sell.market.exchange),
    step('trading_fee', negate(buyFee), buy.market.exchange),
    step('trading_fee', negate(sellFee), sell.market.exchange),
    ...toTransferSteps(terms, orders).map(([code, amount, exchange]) =>
      step(code, negate(amount), exchange),
    ),
    step('lots', negate(multiply(orders.remainderInBase, ask))),
    step('fixed', negate(orders.fixedCost)),
    step('net', profit),
  ];
  return {
    steps,
    breakEvenTakerBps: breakEvenTakerBps(terms, orders),
    breakEvenSizeInBase: breakEvenSize(terms, orders),
  };
}

/** What the way between the exchanges costs; none without one. */
function toTransferSteps(
  { buy, carriage }: PairTerms,
  { networkFeeInBase, risk }: PairOrders,
): readonly (readonly [WaterfallStepCode, Decimal, string | null])[] {
  if (carriage === null) return [];
  const fee = multiply(networkFeeInBase, bestOf(buy.book.asks));
  return [
    ['network_fee', fee, buy.market.exchange],
    ['transfer_risk', risk, null],
  ];
}

function toStep(
  code: WaterfallStepCode,
  exchange: string | null,
  amount: Decimal,
  cost: Decimal,
): WaterfallStep {
  return { code, exchange, amountInQuote: toDecimalString(amount), bps: toBps(amount, cost) };
}

/** proceeds·(1 − t)·(1 − risk) − cost·(1 + t) − fixed = 0, both before fees, solved for t. */
function breakEvenTakerBps(
  { buy, carriage }: PairTerms,
  { bought: given, sold, fixedCost }: PairOrders,
): number {
  const size =
    carriage === null ? sold.sizeInBase : withdrawnFor(carriage.hop, sold.sizeInBase, SIZE_SCALE);
  // Rounding up may ask for a trace more than what was bought with a fee in base units.
  const bought = fillLadder(buy.book.asks, size) ?? given;
  const amount = sold.amountInQuote;
  const proceeds =
    carriage === null ? amount : subtract(amount, multiply(amount, carriage.riskRatio));
  const gain = subtract(subtract(proceeds, bought.amountInQuote), fixedCost);
  return toBps(gain, add(proceeds, bought.amountInQuote));
}

/** The best price of a side that has been filled. */
export function bestOf(levels: readonly Level[]): Decimal {
  const best = levels[0];
  if (best === undefined) throw new Error('BUG: a filled book has no best level');
  return toDecimal(best[0]);
}

/** Best bid over best ask, basis points; positive when they cross. */
export function grossBpsOf({ buy, sell }: PairTerms): number {
  const ask = bestOf(buy.book.asks);
  return toBps(subtract(bestOf(sell.book.bids), ask), ask);
}
