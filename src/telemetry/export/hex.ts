/** Trace and span ids between hexadecimal text and bytes. */

/** @param hex - an even number of hexadecimal digits; anything else in it reads as 0. */
export function hexToBytes(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length >> 1);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = (digit(hex.charCodeAt(index * 2)) << 4) | digit(hex.charCodeAt(index * 2 + 1));
  }
  return bytes;
}

/** '0'–'9', 'a'–'f' and 'A'–'F' to 0..15. */
function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : 0;
}
