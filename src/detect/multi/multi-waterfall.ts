/** The cost waterfall of orders on several exchanges: against the lowest ask and the highest bid of any of them. */

import {
  add,
  type Decimal,
  multiply,
  negate,
  subtract,
  toDecimal,
  toDecimalString,
  ZERO,
} from '../../domain/money.ts';
import type { CostWaterfall, WaterfallStep, WaterfallStepCode } from '../../domain/waterfall.ts';
import { toBps } from '../costs/pair-waterfall.ts';
import { type MultiOrder, movedBy } from './multi-orders.ts';

export interface MultiSums {
  readonly cost: Decimal;
  readonly proceeds: Decimal;
  readonly fixedCost: Decimal;
  /** Proceeds less cost and fixed cost. */
  readonly profit: Decimal;
}

/** Steps in quote units and basis points of the cost; they add up to the profit exactly. */
export function toMultiWaterfall(orders: readonly MultiOrder[], sums: MultiSums): CostWaterfall {
  const { ask, bid } = bestOf(orders);
  const sold = sum(orders.filter(({ side }) => side === 'sell').map(({ fill }) => fill.sizeInBase));
  const left = subtract(movedBy(orders, 'buy'), movedBy(orders, 'sell'));
  const step = (code: WaterfallStepCode, amount: Decimal, order?: MultiOrder): WaterfallStep => ({
    code,
    exchange: order?.market.exchange ?? null,
    amountInQuote: toDecimalString(amount),
    bps: toBps(amount, sums.cost),
  });
  return {
    steps: [
      step('gross', multiply(sold, subtract(bid, ask))),
      ...orders.map((order) => step('depth', negate(depthOf(order, ask, bid)), order)),
      ...orders.map((order) => step('trading_fee', negate(feeOf(order, ask)), order)),
      step('lots', negate(multiply(left, ask))),
      step('fixed', negate(sums.fixedCost)),
      step('net', sums.profit),
    ],
    breakEvenTakerBps: breakEvenTakerBps(orders, sums.fixedCost),
    breakEvenSizeInBase: null,
  };
}

/** In quote units; what is taken in base units is valued at the lowest ask. */
export function feeOf({ fill, fee }: MultiOrder, ask: Decimal): Decimal {
  return add(
    multiply(fill.amountInQuote, fee.inQuoteRatio),
    multiply(multiply(fill.sizeInBase, fee.inBaseRatio), ask),
  );
}

/** The lowest ask and the highest bid of the books that are taken from. */
export function bestOf(orders: readonly MultiOrder[]): {
  readonly ask: Decimal;
  readonly bid: Decimal;
} {
  const asks = orders.flatMap(({ side, book }) =>
    side === 'buy' ? (book.asks[0]?.[0] ?? []) : [],
  );
  const bids = orders.flatMap(({ side, book }) =>
    side === 'sell' ? (book.bids[0]?.[0] ?? []) : [],
  );
  return { ask: toDecimal(Math.min(...asks)), bid: toDecimal(Math.max(...bids)) };
}

function depthOf({ side, fill }: MultiOrder, ask: Decimal, bid: Decimal): Decimal {
  return side === 'buy'
    ? subtract(fill.amountInQuote, multiply(fill.sizeInBase, ask))
    : subtract(multiply(fill.sizeInBase, bid), fill.amountInQuote);
}

/** proceeds·(1 − t) − cost·(1 + t) − fixed = 0, both before fees, solved for t. */
function breakEvenTakerBps(orders: readonly MultiOrder[], fixedCost: Decimal): number {
  const amountOf = (side: MultiOrder['side']) =>
    sum(orders.filter((order) => order.side === side).map(({ fill }) => fill.amountInQuote));
  const [paid, got] = [amountOf('buy'), amountOf('sell')];
  return toBps(subtract(subtract(got, paid), fixedCost), add(got, paid));
}

function sum(values: readonly Decimal[]): Decimal {
  return values.reduce(add, ZERO);
}
