/** Random books for property tests, and plain arithmetic to check against. */

import fc from 'fast-check';
import type { Level } from '../../src/domain/book.ts';

export interface CrossingBooks {
  /** Lowest price first. */
  readonly asks: readonly Level[];
  /** Highest price first. */
  readonly bids: readonly Level[];
}

/** Asks of one exchange and bids of another around one price; most cross. */
export function books(): fc.Arbitrary<CrossingBooks> {
  const side = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 50 })),
    { minLength: 1, maxLength: 12 },
  );
  return fc
    .tuple(side, side)
    .map(([asks, bids]) => ({ asks: toLadder(asks, 1), bids: toLadder(bids, -1) }));
}

function toLadder(
  levels: readonly (readonly [number, number])[],
  direction: 1 | -1,
): readonly Level[] {
  const byPrice = new Map(levels.map(([price, size]) => [100 + price / 10, size / 8]));
  return [...byPrice].sort(([a], [b]) => (a - b) * direction);
}

export function totalOf(levels: readonly Level[]): number {
  return levels.reduce((sum, [, size]) => sum + size, 0);
}

/** Amount of the first `size` base units, before fees, quote units. */
export function amountAt(levels: readonly Level[], size: number): number {
  let left = size;
  return levels.reduce((sum, [price, depth]) => {
    const taken = Math.min(left, depth);
    left -= taken;
    return sum + price * taken;
  }, 0);
}

/** 201 sizes from 0 to `most`. */
export function gridOf(most: number): readonly number[] {
  return Array.from({ length: 201 }, (_, step) => (most * step) / 200);
}
