/** gzip for request bodies: the runtime's zlib where there is one, the web standard's `CompressionStream` elsewhere. */

export type OtlpCompression = 'gzip' | 'none';

/** To gzip form (RFC 1952). */
export type GzipFunction = (body: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>;

/**
 * Of zlib, which ranges from 1 to 9 and takes 6 by default: 6 saves another 14 to 20 % of the bytes of spans, for three to
 * six times the CPU time (bench rows `telemetry-span/gzip`, `telemetry-size/size-on-the-wire`).
 */
const LEVEL = 1;

/** A body up to this size is compressed at once: handing it to another thread would cost as much as the work. */
const MAX_BYTES_AT_ONCE = 256 * 1024;

/** Bounds of the buffer that a result begins with, bytes; spans come out at a sixth of their size. */
const MIN_CHUNK_BYTES = 4 * 1024;
const MAX_CHUNK_BYTES = 1024 * 1024;

interface ZlibOptions {
  readonly level: number;
  readonly chunkSize: number;
}

/** The members of `node:zlib` that are used. */
export interface ZlibLike {
  gzipSync(body: Uint8Array, options: ZlibOptions): Uint8Array<ArrayBuffer>;
  gzip(
    body: Uint8Array,
    options: ZlibOptions,
    callback: (error: Error | null, compressed: Uint8Array<ArrayBuffer>) => void,
  ): void;
}

/** True when this runtime can compress at all. */
export function canGzip(): boolean {
  return findZlib() !== null || typeof CompressionStream === 'function';
}

/** @returns `body` in gzip form (RFC 1952). */
export const gzip: GzipFunction = (body) => {
  const zlib = findZlib();
  return zlib === null ? gzipByStream(body) : gzipByZlib(zlib, body);
};

/** Large bodies are compressed beside the event loop where the runtime has threads for it (Bun, Node). */
export async function gzipByZlib(
  zlib: ZlibLike,
  body: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunkSize = Math.min(Math.max(body.length >> 2, MIN_CHUNK_BYTES), MAX_CHUNK_BYTES);
  const options = { level: LEVEL, chunkSize };
  if (body.length <= MAX_BYTES_AT_ONCE) return zlib.gzipSync(body, options);
  return new Promise((resolve, reject) => {
    zlib.gzip(body, options, (error, compressed) => {
      if (error === null) resolve(compressed);
      else reject(error);
    });
  });
}

/** For runtimes without zlib: Workers that switch `nodejs_compat` off. */
export async function gzipByStream(
  body: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}

/** The member of `process` that is used; it came with Node 20.16 and 22.3, and Bun, Deno and Workers have it. */
interface ProcessLike {
  readonly getBuiltinModule?: (name: string) => unknown;
}

/** Undefined until it was looked for: the module is loaded with the first export, not with the set-up. */
let foundZlib: ZlibLike | null | undefined;

function findZlib(): ZlibLike | null {
  if (foundZlib === undefined) {
    const { process } = globalThis as { readonly process?: ProcessLike };
    foundZlib = (process?.getBuiltinModule?.('node:zlib') ?? null) as ZlibLike | null;
  }
  return foundZlib;
}
