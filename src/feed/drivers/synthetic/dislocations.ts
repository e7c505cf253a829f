/**
 * Now and then one market leaves the others for a moment: a shift of its price that fades while it lasts. Some are large
 * enough to survive two taker fees, most are not.
 */

import { createRandom } from './random.ts';

export interface Dislocations {
  /** Moves on to `timeMs`; returns the markets whose shift began, changed noticeably or ended. */
  advance(timeMs: number): readonly number[];
  /** Shift of a market's price at the time of the last `advance`, basis points. */
  shiftBpsOf(market: number): number;
}

/** Mean time from one beginning to the next, over all markets, milliseconds. */
const MEAN_INTERVAL_MS = 5_000;
const LEAST_SHIFT_BPS = 12;
const MOST_SHIFT_BPS = 70;
const LEAST_DURATION_MS = 400;
const MOST_DURATION_MS = 10_000;
/** What is left of the shift just before it ends. */
const LEFT_RATIO = 0.4;
/** A market that has left the others is busy: it changes at least this often, milliseconds. */
const BUSY_INTERVAL_MS = 200;

const DISLOCATION_STREAM = 5;

interface Dislocation {
  readonly market: number;
  readonly shiftBps: number;
  readonly fromMs: number;
  readonly toMs: number;
  nextUpdateMs: number;
}

export function createDislocations(seed: number, marketsCount: number): Dislocations {
  const random = createRandom(seed, DISLOCATION_STREAM);
  const active = new Map<number, Dislocation>();
  let timeMs = 0;
  let nextStartMs = random.between(0, MEAN_INTERVAL_MS);

  const begin = (fromMs: number): Dislocation => {
    // Powers favour the small and the short.
    const size = LEAST_SHIFT_BPS + (MOST_SHIFT_BPS - LEAST_SHIFT_BPS) * random.next() ** 2;
    const durationMs =
      LEAST_DURATION_MS + (MOST_DURATION_MS - LEAST_DURATION_MS) * random.next() ** 2;
    const shiftBps = random.next() < 0.5 ? size : -size;
    const market = random.below(marketsCount);
    return { market, shiftBps, fromMs, toMs: fromMs + durationMs, nextUpdateMs: fromMs };
  };

  const beginDue = (): void => {
    while (nextStartMs <= timeMs) {
      const dislocation = begin(nextStartMs);
      if (!active.has(dislocation.market)) active.set(dislocation.market, dislocation);
      nextStartMs += random.between(0, 2 * MEAN_INTERVAL_MS);
    }
  };

  return {
    advance: (nowMs) => {
      timeMs = nowMs;
      beginDue();
      const changed: number[] = [];
      for (const dislocation of active.values()) {
        if (nowMs >= dislocation.toMs) active.delete(dislocation.market);
        else if (nowMs < dislocation.nextUpdateMs) continue;
        dislocation.nextUpdateMs = nowMs + BUSY_INTERVAL_MS;
        changed.push(dislocation.market);
      }
      return changed;
    },
    shiftBpsOf: (market) => {
      const dislocation = active.get(market);
      if (dislocation === undefined) return 0;
      const { shiftBps, fromMs, toMs } = dislocation;
      const passedRatio = (timeMs - fromMs) / (toMs - fromMs);
      return shiftBps * (1 - (1 - LEFT_RATIO) * passedRatio);
    },
  };
}
