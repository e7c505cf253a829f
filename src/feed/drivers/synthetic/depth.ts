/** The levels behind a synthetic quote. The same quote always has the same depth, streamed or asked for. */

import type { Level } from '../../../domain/book.ts';
import type { MarketPlan } from './market-plan.ts';
import { createRandom, type Random } from './random.ts';

/** Levels a side. */
export const SYNTHETIC_LEVELS_COUNT = 20;

/** Usual distance between two levels. */
const LEVEL_DISTANCE_BPS = 0.8;

const DEPTH_STREAM = 6;

/** A market's best prices in price steps and sizes in size steps, at its update number `revision`. */
export interface Top {
  readonly bidSteps: number;
  readonly askSteps: number;
  readonly bidSizeSteps: number;
  readonly askSizeSteps: number;
  readonly revision: number;
}

/** Steps to a number: dividing by a power of ten gives the double that is nearest to the decimal. */
export function fromSteps(steps: number, decimals: number): number {
  return steps / 10 ** decimals;
}

export function createDepth(plan: MarketPlan, top: Top, seed: number, market: number) {
  const random = createRandom(seed, DEPTH_STREAM, market, top.revision);
  return {
    bids: createSide(plan, top.bidSteps, top.bidSizeSteps, -1, random),
    asks: createSide(plan, top.askSteps, top.askSizeSteps, 1, random),
  };
}

function createSide(
  plan: MarketPlan,
  bestSteps: number,
  bestSizeSteps: number,
  direction: 1 | -1,
  random: Random,
): readonly Level[] {
  const mostGapSteps = Math.max(1, Math.round((2 * LEVEL_DISTANCE_BPS * bestSteps) / 10_000));
  const levels: Level[] = [];
  let priceSteps = bestSteps;
  let sizeSteps = bestSizeSteps;
  while (levels.length < SYNTHETIC_LEVELS_COUNT && priceSteps > 0) {
    levels.push([
      fromSteps(priceSteps, plan.priceDecimals),
      fromSteps(sizeSteps, plan.sizeDecimals),
    ]);
    priceSteps += direction * (1 + random.below(mostGapSteps));
    const growth = random.between(0.5, 2) * (1 + 0.15 * levels.length);
    sizeSteps = Math.max(1, Math.round(bestSizeSteps * growth));
  }
  return levels;
}
