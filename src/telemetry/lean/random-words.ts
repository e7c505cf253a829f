/** Random 32-bit words by the block, so that a span's id costs two of them and no call of the random source. */

/** Fills `words` with random bits. */
export type FillRandom = (words: Uint32Array<ArrayBuffer>) => void;

/** The runtime's own source. On Workers it may be called only while a request is handled, hence never at creation. */
export const fillFromCrypto: FillRandom = (words) => {
  crypto.getRandomValues(words);
};

/** 8 KiB: ids of 1,024 spans. A block lives as long as a span that has an id in it. */
const BLOCK_WORDS = 2_048;

/** Bytes 9 to 11 of the trace id at `start`: the upper 24 of the 56 bits that trace context level 2 wants random. */
export function randomHigh(words: Uint32Array, start: number): number {
  return swapBytes(words[start + 2] ?? 0) & 0xffffff;
}

/** Bytes 12 to 15: the lower 32 of these bits. */
export function randomLow(words: Uint32Array, start: number): number {
  return swapBytes(words[start + 3] ?? 0) >>> 0;
}

/** Words hold ids lowest byte first; numbers are read the other way round. */
function swapBytes(word: number): number {
  return (word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff0000) | ((word & 0xff) << 24);
}

export class RandomWords {
  readonly #fill: FillRandom;
  /** The words that `take` points into. */
  block = new Uint32Array(0);
  #next = 0;

  constructor(fill: FillRandom) {
    this.#fill = fill;
  }

  /**
   * @returns the index in `block` (as it is after the call) of `count` words that are not all 0, which W3C trace
   *   context forbids for both kinds of id.
   */
  take(count: number): number {
    for (;;) {
      if (this.#next + count > this.block.length) this.#refill();
      const start = this.#next;
      this.#next += count;
      for (let index = start; index < this.#next; index += 1) {
        if (this.block[index] !== 0) return start;
      }
    }
  }

  #refill(): void {
    this.block = new Uint32Array(BLOCK_WORDS);
    this.#fill(this.block);
    this.#next = 0;
  }
}
