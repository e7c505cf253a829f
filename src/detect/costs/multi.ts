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
  minimum,
  multiply,
  subtract,
  toDecimal,
  ZERO,
} from '../../domain/money.ts';
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
}

const ONE = toDecimal(1);

/**
 * @param asks - a net ladder for each exchange, lowest price first.
 * @param bids - a net ladder for each exchange, highest price first.
 */
export function allocateMulti(
  asks: readonly (readonly NetLevel[])[],
  bids: readonly (readonly NetLevel[])[],
  { minEdgeBps, maxSizeInBase }: MultiLimits,
): MultiAllocation {
  const supply = createLadderMerge(asks, 'lowest');
  const demand = createLadderMerge(bids, 'highest');
  const factor = add(ONE, bpsToRatio(minEdgeBps));
  let size = ZERO;
  for (;;) {
    const [ask, bid] = [supply.best(), demand.best()];
    if (ask === null || bid === null || !isEarning(ask, bid, factor)) break;
    const open = minimum(supply.left(), demand.left());
    const taken = maxSizeInBase === null ? open : minimum(open, subtract(maxSizeInBase, size));
    if (compare(taken, ZERO) <= 0) break;
    supply.take(taken);
    demand.take(taken);
    size = add(size, taken);
  }
  return toResult(size, supply, demand);
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
