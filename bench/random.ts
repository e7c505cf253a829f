/** Seeded numbers for inputs: same seed, same input, on every runtime. */

export interface Random {
  /** Uniform, 0 up to 1. */
  next(): number;
  /** Whole, 0 up to `count`. */
  below(count: number): number;
}

/** The generator "mulberry32" by Tommy Ettinger (public domain): 32 bits of state, a multiply-and-mix per number. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, below: (count) => Math.floor(next() * count) };
}
