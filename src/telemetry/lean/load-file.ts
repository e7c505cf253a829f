/** Loads the OTLP module from the file that the build writes: Bun, Deno and Node. */

import { readFile } from 'node:fs/promises';

/** Where `bun run build` puts the module. */
const BUILT_MODULE = new URL('../../../build/otlp.wasm', import.meta.url);

/** @throws {TypeError} when the file is missing or is not WASM; the cause says more. */
export async function loadOtlpModule(location: URL = BUILT_MODULE): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(new Uint8Array(await readFile(location)));
  } catch (cause) {
    throw new TypeError('OTLP module: build/otlp.wasm cannot be loaded; run `bun run build`', {
      cause,
    });
  }
}
