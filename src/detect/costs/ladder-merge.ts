/** Several net ladders as one, best level first, and how much was taken from each. */

import { add, compare, type Decimal, ZERO } from '../../domain/money.ts';
import { createLadderCursor, type LadderCursor } from './ladder-cursor.ts';
import { compareNetPrice, type NetLevel } from './net-ladder.ts';

/** What one exchange gives or takes. */
export interface Allocation {
  readonly exchange: string;
  /** Base units that change exchanges. */
  readonly sizeInBase: Decimal;
  /** Paid or received, after fees. */
  readonly amountInQuote: Decimal;
  /** Price of the last level touched, before fees. */
  readonly limitPriceInQuote: Decimal;
  readonly levelsCount: number;
}

export interface LadderMerge {
  /** The best level that is left; null when all are taken. Of equal prices the first ladder's. */
  best(): NetLevel | null;
  /** Base units left of the best level. */
  left(): Decimal;
  /** @param sizeInBase - at most what is left of the best level. */
  take(sizeInBase: Decimal): void;
  allocations(): readonly Allocation[];
}

export function createLadderMerge(
  ladders: readonly (readonly NetLevel[])[],
  first: 'lowest' | 'highest',
): LadderMerge {
  const cursors = ladders.map(createLadderCursor);
  const taken = new Map<string, Allocation>();
  const direction = first === 'lowest' ? 1 : -1;
  let bestCursor = findBest(cursors, direction);
  return {
    best: () => bestCursor?.level() ?? null,
    left: () => bestCursor?.left() ?? ZERO,
    take: (size) => {
      const level = bestCursor?.level();
      if (bestCursor === null || level === undefined || level === null) {
        throw new Error('BUG: nothing is left to take');
      }
      const isNewLevel = compare(bestCursor.left(), level.sizeInBase) === 0;
      const amount = bestCursor.take(size);
      taken.set(level.exchange, extend(taken.get(level.exchange), level, size, amount, isNewLevel));
      bestCursor = findBest(cursors, direction);
    },
    allocations: () => [...taken.values()],
  };
}

function findBest(cursors: readonly LadderCursor[], direction: 1 | -1): LadderCursor | null {
  let best: LadderCursor | null = null;
  for (const cursor of cursors) {
    const [level, known] = [cursor.level(), best?.level() ?? null];
    if (level === null) continue;
    if (known === null || compareNetPrice(level, known) * direction < 0) best = cursor;
  }
  return best;
}

function extend(
  known: Allocation | undefined,
  { exchange, priceInQuote }: NetLevel,
  size: Decimal,
  amount: Decimal,
  isNewLevel: boolean,
): Allocation {
  return {
    exchange,
    sizeInBase: add(known?.sizeInBase ?? ZERO, size),
    amountInQuote: add(known?.amountInQuote ?? ZERO, amount),
    limitPriceInQuote: priceInQuote,
    levelsCount: (known?.levelsCount ?? 0) + (isNewLevel ? 1 : 0),
  };
}
