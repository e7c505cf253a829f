/** Bounds of a kernel's capacity, and what follows from a capacity. */

import { SpreadscopeError } from '../domain/errors.ts';
import type { KernelCapacity } from './kernel.ts';

/** Accepted capacities, inclusive. They keep every address of the state below the 4 GiB of a 32-bit memory. */
export const KERNEL_LIMITS = {
  symbolsCount: { min: 1, max: 65_536 },
  exchangesCount: { min: 2, max: 256 },
  bookSlotsCount: { min: 2, max: 65_536 },
  bookLevelsCount: { min: 1, max: 10_000 },
} as const satisfies Record<keyof KernelCapacity, { readonly min: number; readonly max: number }>;

/** Most memory that one kernel's state may take. */
export const MAX_STATE_BYTES = 2 ** 31;

/** Rows of the quote batch: enough that the cost of a call vanishes. */
export const BATCH_CAPACITY_COUNT = 4096;

/** Bytes per market: eight numbers (raw quote, fee) and three more in rows (net bid, net ask, time). */
const MARKET_BYTES = 88;
/** Bytes per book level and side: price, size and the two running sums. */
const LEVEL_BYTES = 32;

/**
 * The capacity itself when every count is a whole number within `KERNEL_LIMITS`.
 *
 * @throws {TypeError} when a count is not a number.
 * @throws {SpreadscopeError} `kernel_capacity` when a count or the whole is out of bounds.
 */
export function checkCapacity(capacity: KernelCapacity): KernelCapacity {
  const symbolsCount = checkCount('symbolsCount', capacity.symbolsCount);
  const exchangesCount = checkCount('exchangesCount', capacity.exchangesCount);
  const bookSlotsCount = checkCount('bookSlotsCount', capacity.bookSlotsCount);
  const bookLevelsCount = checkCount('bookLevelsCount', capacity.bookLevelsCount);
  const checked = { symbolsCount, exchangesCount, bookSlotsCount, bookLevelsCount };
  const bytes = stateBytes(checked);
  if (bytes > MAX_STATE_BYTES) {
    throw new SpreadscopeError(
      'kernel_capacity',
      `kernel capacity: expected at most ${MAX_STATE_BYTES} bytes of state, got ${bytes} ` +
        `(${symbolsCount} symbols × ${exchangesCount} exchanges, ${bookSlotsCount} books × ${bookLevelsCount} levels)`,
    );
  }
  return Object.freeze(checked);
}

/** Exchanges of one row, padded to a multiple of four: the step of the SIMD scan. */
export function toRowStride(exchangesCount: number): number {
  return Math.ceil(exchangesCount / 4) * 4;
}

/** Rows that `hits` must hold: one a symbol, or all directed pairs of one symbol. */
export function toHitsCapacity(capacity: KernelCapacity): number {
  return Math.max(capacity.symbolsCount, capacity.exchangesCount * (capacity.exchangesCount - 1));
}

function stateBytes(capacity: KernelCapacity): number {
  const markets = capacity.symbolsCount * toRowStride(capacity.exchangesCount);
  const levels = capacity.bookSlotsCount * (capacity.bookLevelsCount + 2) * 2;
  return markets * MARKET_BYTES + levels * LEVEL_BYTES;
}

function checkCount(name: keyof KernelCapacity, value: unknown): number {
  if (typeof value !== 'number') {
    throw new TypeError(`kernel capacity.${name}: expected a number, got ${typeof value}`);
  }
  const { min, max } = KERNEL_LIMITS[name];
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new SpreadscopeError(
    'kernel_capacity',
    `kernel capacity.${name}: expected a whole number from ${min} to ${max}, got ${value}`,
  );
}
