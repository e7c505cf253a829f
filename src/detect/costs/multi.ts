/**
 * One symbol over all exchanges at once: the lowest net ask of any of them against the highest net bid, unit by unit, as
 * long as a unit earns the threshold. Taking the best unit first is optimal, because every unit stands alone: there are no
 * fixed costs and no lots here.
 */

import {
  add,
  bpsToRatio,
  compare,
  type Decimal,
  divide,
  divideUp,
  minimum,
  multiply,
  subtract,
  toDecimal,
  ZERO,
} from '../../domain/money.ts';
import { SIZE_SCALE } from '../ladder.ts';
import { type Allocation, createLadderMerge, type LadderMerge } from './ladder-merge.ts';
import type { NetLevel } from './net-ladder.ts';

export interface MultiAllocation {
  readonly sizeInBase: Decimal;
  readonly costInQuote: Decimal;
  readonly proceedsInQuote: Decimal;
  readonly profitInQuote: Decimal;
  /** In the order in which the exchanges were first touched. */
  readonly buys: readonly Allocation[];
  readonly sells: readonly Allocation[];
}

export interface MultiLimits {
  /** Every unit earns more than this, basis points of its cost. */
  readonly minEdgeBps: number;
  /** Null: no limit. */
  readonly maxSizeInBase: Decimal | null;
  /** Most to pay for all that is bought; null or absent: no limit. */
  readonly maxCostInQuote?: Decimal | null;
}

const ONE = toDecimal(1);
/** Places of a running cost. */
const COST_SCALE = 18;

/**
 * @param asks - a net ladder for each exchange, lowest price first.
 * @param bids - a net ladder for each exchange, highest price first.
 */
export function allocateMulti(
  asks: readonly (readonly NetLevel[])[],
  bids: readonly (readonly NetLevel[])[],
  { minEdgeBps, maxSizeInBase, maxCostInQuote = null }: MultiLimits,
): MultiAllocation {
  const supply = createLadderMerge(asks, 'lowest');
  const demand = createLadderMerge(bids, 'highest');
  const factor = add(ONE, bpsToRatio(minEdgeBps));
  let size = ZERO;
  let cost = ZERO;
  for (;;) {
    const [ask, bid] = [supply.best(), demand.best()];
    if (ask === null || bid === null || !isEarning(ask, bid, factor)) break;
    const open = minimum(supply.left(), demand.left());
    const sized = maxSizeInBase === null ? open : minimum(open, subtract(maxSizeInBase, size));
    const taken =
      maxCostInQuote === null
        ? sized
        : minimum(sized, affordable(ask, subtract(maxCostInQuote, cost)));
    if (compare(taken, ZERO) <= 0) break;
    // Rounded up: what is paid never exceeds the most.
    cost = add(cost, divideUp(multiply(taken, ask.amountInQuote), ask.sizeInBase, COST_SCALE));
    supply.take(taken);
    demand.take(taken);
    size = add(size, taken);
  }
  return toResult(size, supply, demand);
}

/** Base units of `ask` that `amountInQuote` pays for, rounded down. */
function affordable(ask: NetLevel, amountInQuote: Decimal): Decimal {
  return divide(multiply(amountInQuote, ask.sizeInBase), ask.amountInQuote, SIZE_SCALE);
}

/** bid / size > (1 + θ) · ask / size, without division. */
function isEarning(ask: NetLevel, bid: NetLevel, factor: Decimal): boolean {
  const proceeds = multiply(bid.amountInQuote, ask.sizeInBase);
  return compare(proceeds, multiply(multiply(ask.amountInQuote, bid.sizeInBase), factor)) > 0;
}

function toResult(size: Decimal, supply: LadderMerge, demand: LadderMerge): MultiAllocation {
  const [buys, sells] = [supply.allocations(), demand.allocations()];
  const total = (allocations: readonly Allocation[]) =>
    allocations.reduce((sum, { amountInQuote }) => add(sum, amountInQuote), ZERO);
  const [costInQuote, proceedsInQuote] = [total(buys), total(sells)];
  return {
    sizeInBase: size,
    costInQuote,
    proceedsInQuote,
    profitInQuote: subtract(proceedsInQuote, costInQuote),
    buys,
    sells,
  };
}
