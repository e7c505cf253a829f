/** Ids as 32-bit words, and as the hexadecimal text that the API wants; text is made only when somebody asks. */

const HEX_BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

/** Lowest byte first, as the words lie in memory. */
export function wordsToHex(words: Uint32Array, start: number, count: number): string {
  let hex = '';
  for (let index = start; index < start + count; index += 1) {
    const word = words[index] ?? 0;
    hex += `${HEX_BYTES[word & 255]}${HEX_BYTES[(word >>> 8) & 255]}${HEX_BYTES[(word >>> 16) & 255]}${HEX_BYTES[word >>> 24]}`;
  }
  return hex;
}

/** The inverse; text that is no number reads as 0. */
export function hexToWords(hex: string): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(hex.length >> 3);
  for (let index = 0; index < words.length; index += 1) {
    const big = Number.parseInt(hex.slice(index * 8, index * 8 + 8), 16) >>> 0;
    words[index] =
      (big >>> 24) | ((big >>> 8) & 0xff00) | ((big << 8) & 0xff0000) | ((big << 24) >>> 0);
  }
  return words;
}
