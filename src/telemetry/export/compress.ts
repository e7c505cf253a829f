/** gzip by the web standard that Bun, Deno, Node and Workers share. */

export type OtlpCompression = 'gzip' | 'none';

/** To gzip form (RFC 1952). */
export type GzipFunction = (body: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>;

/** True when this runtime has `CompressionStream`. */
export function canGzip(): boolean {
  return typeof CompressionStream === 'function';
}

/** @returns `body` in gzip form (RFC 1952). */
export async function gzip(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}
