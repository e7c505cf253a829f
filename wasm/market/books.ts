/**
 * Books: two sides a slot. A side holds, one after the other, for `levelsCapacity` = L levels (f64):
 *
 *   price × L | size × L | running size × (L + 1) | running cost × (L + 1)
 *
 * Running sums over the first k levels stand at place k. They are made when a book is committed, so that sizing finds its
 * place by search however deep the books cross.
 */

import { bookSides, levelsCapacity, sideBytes, sideCounts, WORK_BOOKS_LOADED } from './layout';
import { addWork } from './rows';

/** Address of a side: 0 bids, 1 asks. Its prices begin here. */
export function sideAt(slot: u32, side: u32): usize {
  return bookSides + (<usize>slot * 2 + side) * sideBytes;
}

export function countOf(slot: u32, side: u32): i32 {
  return load<i32>(sideCounts + ((<usize>slot * 2 + side) << 2));
}

/** Address of the sizes of a side. */
export function sizesOf(side: usize): usize {
  return side + ((<usize>levelsCapacity) << 3);
}

/** Address of the running sizes of a side. */
export function sumSizesOf(side: usize): usize {
  return side + ((<usize>levelsCapacity) << 4);
}

/** Address of the running costs of a side. */
export function sumCostsOf(side: usize): usize {
  return sumSizesOf(side) + ((<usize>levelsCapacity + 1) << 3);
}

/**
 * Checks the written levels and makes them the book of the slot; a bad level leaves the slot empty.
 * @returns 0 loaded, 1 bad bid, 2 bad ask.
 */
export function commitBook(slot: u32, bids: i32, asks: i32): i32 {
  setCount(slot, 0, 0);
  setCount(slot, 1, 0);
  if (!sumSide(sideAt(slot, 0), bids, -1)) return 1;
  if (!sumSide(sideAt(slot, 1), asks, 1)) return 2;
  setCount(slot, 0, bids);
  setCount(slot, 1, asks);
  addWork(WORK_BOOKS_LOADED, 1);
  return 0;
}

function setCount(slot: u32, side: u32, count: i32): void {
  store<i32>(sideCounts + ((<usize>slot * 2 + side) << 2), count);
}

/** Fills the running sums; false on a bad level. `direction` is 1 when prices must not fall, −1 when they must not rise. */
function sumSide(side: usize, count: i32, direction: f64): bool {
  const sizes = sizesOf(side);
  const sumSizes = sumSizesOf(side);
  const sumCosts = sumCostsOf(side);
  let sumSize: f64 = 0;
  let sumCost: f64 = 0;
  let previous: f64 = direction > 0 ? 0 : Infinity;
  for (let level: usize = 0; level < <usize>count; level++) {
    const price = load<f64>(side + (level << 3));
    const size = load<f64>(sizes + (level << 3));
    if (!(price > 0 && price < Infinity && size >= 0 && size < Infinity)) return false;
    if (direction > 0 ? price < previous : price > previous) return false;
    previous = price;
    sumSize += size;
    sumCost += size * price;
    store<f64>(sumSizes + (level << 3), sumSize, 8);
    store<f64>(sumCosts + (level << 3), sumCost, 8);
  }
  return sumSize < Infinity && sumCost < Infinity;
}
