/** Reads the graph and the best rates by number. */

import {
  conversionTo,
  cycleWork,
  dirtyPairs,
  dirtySpan,
  outConversions,
  outStart,
  rates,
} from './cycle-layout';

/** The asset that a conversion leads to. */
export function toAsset(conversion: u32): u32 {
  return load<u16>(conversionTo + ((<usize>conversion) << 1));
}

/** The asset that a conversion starts from. */
export function fromAsset(conversion: u32): u32 {
  return toAsset(conversion ^ 1);
}

/** The best rate of a conversion; 0 when nobody offers it. */
export function rateOf(conversion: u32): f64 {
  return load<f64>(rates + ((<usize>conversion) << 4));
}

/** The rates of a conversion and of its reverse. */
export function ratesOf(conversion: u32): v128 {
  return v128.load(rates + ((<usize>conversion) << 4));
}

/** First place in `outConversions` of an asset; its last is before the first of the next asset. */
export function firstOut(asset: u32): u32 {
  return load<u32>(outStart + ((<usize>asset) << 2));
}

export function outAt(place: u32): u32 {
  return load<u16>(outConversions + ((<usize>place) << 1));
}

export function isDirtyPair(pair: u32): bool {
  const word = load<u64>(dirtyPairs + ((<usize>pair >> 6) << 3));
  return ((word >> (pair & 63)) & 1) != 0;
}

/** Both ends of the span of marked words only grow: a later screening looks at no others. */
export function markDirtyPair(pair: u32): void {
  const index = pair >> 6;
  const word = dirtyPairs + ((<usize>index) << 3);
  store<u64>(word, load<u64>(word) | ((<u64>1) << (pair & 63)));
  store<u32>(dirtySpan, max(load<u32>(dirtySpan), index + 1));
  store<u32>(dirtySpan, max(load<u32>(dirtySpan, 4), ~index), 4);
}

/** Adds to one counter of CYCLE_WORK. */
export function addCycleWork(counter: i32, count: f64): void {
  const address = cycleWork + ((<usize>counter) << 3);
  store<f64>(address, load<f64>(address) + count);
}
