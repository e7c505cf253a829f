/** Legs of a cycle for tests. */

import type { CycleSide } from '../../src/detect/cycles/cycle-side.ts';
import type { Level } from '../../src/domain/book.ts';
import type { Market } from '../../src/domain/market.ts';
import { book, market } from './markets.ts';

/** Base → quote, into these bids. */
export function sellSide(
  symbol: string,
  bids: readonly Level[],
  given: Partial<Market> = {},
): CycleSide {
  const asks: readonly Level[] = [[(bids[0]?.[0] ?? 1) * 2, 1]];
  return { side: 'sell', market: market('x', symbol, given), book: book('x', symbol, bids, asks) };
}

/** Quote → base, from these asks. */
export function buySide(
  symbol: string,
  asks: readonly Level[],
  given: Partial<Market> = {},
): CycleSide {
  const bids: readonly Level[] = [[(asks[0]?.[0] ?? 1) / 2, 1]];
  return { side: 'buy', market: market('x', symbol, given), book: book('x', symbol, bids, asks) };
}
