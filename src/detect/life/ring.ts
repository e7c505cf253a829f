/** The newest values, in the order in which they came. */

export interface Ring {
  push(value: number): void;
  /** Oldest first. */
  values(): readonly number[];
  last(): number | null;
}

/** @param capacityCount - values kept, at least 1. */
export function createRing(capacityCount: number): Ring {
  // Single precision is a ten-millionth: far finer than a basis point of any price.
  const kept = new Float32Array(capacityCount);
  let count = 0;
  let next = 0;
  return {
    push: (value) => {
      kept[next] = value;
      next = (next + 1) % capacityCount;
      count = Math.min(count + 1, capacityCount);
    },
    values: () => {
      const start = count < capacityCount ? 0 : next;
      return [...kept.subarray(start, count), ...kept.subarray(0, start)];
    },
    last: () => (count === 0 ? null : (kept[(next + capacityCount - 1) % capacityCount] ?? null)),
  };
}
