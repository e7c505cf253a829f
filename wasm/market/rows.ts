/** Addresses of rows and records by index, and the counters of work. */

import {
  BOUNDS_BYTES,
  bounds,
  MARKET_BYTES,
  markets,
  netRowBytes,
  netRows,
  rowStride,
  timeRows,
  work,
} from './layout';

/** Address of the record of one market. */
export function marketAt(symbol: u32, exchange: u32): usize {
  return markets + (<usize>symbol * rowStride + exchange) * MARKET_BYTES;
}

/** Address of the bounds of one row. */
export function boundsAt(symbol: u32): usize {
  return bounds + <usize>symbol * BOUNDS_BYTES;
}

/** Address of the net row of one symbol. */
export function netRowAt(symbol: u32): usize {
  return netRows + <usize>symbol * netRowBytes;
}

/** Address of the time row of one symbol. */
export function timeRowAt(symbol: u32): usize {
  return timeRows + ((<usize>symbol * rowStride) << 3);
}

/** Adds to one counter of WORK. */
export function addWork(counter: i32, count: f64): void {
  const address = work + ((<usize>counter) << 3);
  store<f64>(address, load<f64>(address) + count);
}
