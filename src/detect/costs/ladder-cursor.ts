/** A place in a net ladder: what is taken once is not there a second time. */

import {
  add,
  compare,
  type Decimal,
  divide,
  multiply,
  subtract,
  ZERO,
} from '../../domain/money.ts';
import type { NetLevel } from './net-ladder.ts';

export interface LadderCursor {
  /** Null when all levels are taken. */
  level(): NetLevel | null;
  /** Base units left of the level; zero without one. */
  left(): Decimal;
  /** Takes at most what is left of the level, and gives its amount in quote units. */
  take(sizeInBase: Decimal): Decimal;
}

/** Places of an amount of a part of a level. */
const AMOUNT_SCALE = 18;

export function createLadderCursor(levels: readonly NetLevel[]): LadderCursor {
  let index = 0;
  let taken = ZERO;
  const level = () => levels[index] ?? null;
  const left = () => subtract(level()?.sizeInBase ?? ZERO, taken);
  return {
    level,
    left,
    take: (size) => {
      const current = level();
      if (current === null) throw new Error('BUG: a ladder was walked past its end');
      const isAll = compare(size, left()) === 0;
      const before = portion(current, taken);
      const after = isAll ? current.amountInQuote : portion(current, add(taken, size));
      taken = isAll ? ZERO : add(taken, size);
      if (isAll) index += 1;
      return subtract(after, before);
    },
  };
}

/** Amount of the first `taken` base units of a level, rounded so that the parts of a level add up to it. */
function portion({ amountInQuote, sizeInBase }: NetLevel, taken: Decimal): Decimal {
  const scale = Math.max(AMOUNT_SCALE, amountInQuote.scale + taken.scale);
  return divide(multiply(amountInQuote, taken), sizeInBase, scale);
}
