/** One batch into the store, so that one bad opportunity costs itself only. */

import { isSpreadscopeError } from '../domain/errors.ts';
import { StoreFencedError } from './store.ts';

/** Where each item of a batch ended up. */
export interface BatchResult<Item> {
  readonly written: readonly Item[];
  /** Refused by the database for what they hold: trying again cannot help. */
  readonly refused: readonly Item[];
  /** Written under a lease that somebody else has by now. */
  readonly fenced: readonly Item[];
  /** To be tried again later. */
  readonly left: readonly Item[];
  /** What each failed attempt threw, in order. */
  readonly faults: readonly unknown[];
}

/**
 * Writes `batch` whole. When the database refuses it for what it holds, its halves are tried, down to single items; any
 * other fault ends the attempt, and what was not tried is left.
 */
export async function writeBatch<Item>(
  batch: readonly Item[],
  write: (items: readonly Item[]) => Promise<void>,
  idOf: (item: Item) => string = String,
): Promise<BatchResult<Item>> {
  try {
    await write(batch);
    return { ...NOTHING, written: batch };
  } catch (fault) {
    if (fault instanceof StoreFencedError) {
      const [written, fenced] = partition(batch, (item) => !fault.ids.has(idOf(item)));
      // The database did what it should: nothing to try again.
      return { ...NOTHING, written, fenced };
    }
    const faults = [fault];
    if (!isSpreadscopeError(fault, 'store_rejected')) return { ...NOTHING, left: batch, faults };
    if (batch.length === 1) return { ...NOTHING, refused: batch, faults };
    const half = Math.ceil(batch.length / 2);
    const first = await writeBatch(batch.slice(0, half), write, idOf);
    const rest = batch.slice(half);
    const second =
      first.left.length > 0 ? { ...NOTHING, left: rest } : await writeBatch(rest, write, idOf);
    return join({ ...NOTHING, faults }, join(first, second));
  }
}

const NOTHING = { written: [], refused: [], fenced: [], left: [], faults: [] };

function partition<Item>(
  items: readonly Item[],
  isFirst: (item: Item) => boolean,
): readonly [readonly Item[], readonly Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

function join<Item>(a: BatchResult<Item>, b: BatchResult<Item>): BatchResult<Item> {
  return {
    written: [...a.written, ...b.written],
    refused: [...a.refused, ...b.refused],
    fenced: [...a.fenced, ...b.fenced],
    left: [...a.left, ...b.left],
    faults: [...a.faults, ...b.faults],
  };
}
