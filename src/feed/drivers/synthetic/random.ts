/**
 * Seeded random numbers: a Weyl sequence (step 0x9e3779b9, 2^32 over the golden ratio) through the 32-bit finaliser of
 * MurmurHash3, which is how SplitMix generators are made. Whole-number arithmetic and one division: every runtime gives
 * the same numbers. Not for secrets.
 */

export interface Random {
  /** From 0 (possible) to 1 (never). */
  next(): number;
  /** From `low` (possible) to `high` (never). */
  between(low: number, high: number): number;
  /** A whole number from 0 to `count - 1`. */
  below(count: number): number;
  /** Mean 0, deviation 1, never beyond ±3.5: a sum of four uniform numbers, since logarithms differ by runtime. */
  bell(): number;
}

const WEYL_STEP = 0x9e3779b9;

/** The same keys give the same numbers; a different key gives others. */
export function createRandom(...keys: readonly number[]): Random {
  let state = keys.reduce((hash, key) => finalise(hash + WEYL_STEP + finalise(key)), 0);
  const next = (): number => {
    state = (state + WEYL_STEP) | 0;
    return (finalise(state) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    below: (count) => Math.floor(next() * count),
    bell: () => (next() + next() + next() + next() - 2) * Math.sqrt(3),
  };
}

/** The `fmix32` of MurmurHash3 (Austin Appleby, public domain): its shifts and multipliers. */
function finalise(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
