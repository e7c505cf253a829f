/** Loads the kernel's module from the file that the build writes: Bun, Deno and Node. */

import { readFile } from 'node:fs/promises';
import { SpreadscopeError } from '../domain/errors.ts';

/** Where `bun run build` puts the module. */
const BUILT_MODULE = new URL('../../build/market.wasm', import.meta.url);

/**
 * The compiled module.
 *
 * @throws {SpreadscopeError} `kernel_incompatible` when the file is missing or is not WASM.
 */
export async function loadKernelModule(location: URL = BUILT_MODULE): Promise<WebAssembly.Module> {
  const bytes = await readModuleBytes(location);
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    const message = 'kernel: build/market.wasm is not a WASM module with SIMD; run `bun run build`';
    throw new SpreadscopeError('kernel_incompatible', message, { cause });
  }
}

async function readModuleBytes(location: URL): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(location));
  } catch (cause) {
    const message = 'kernel: build/market.wasm cannot be read; run `bun run build`';
    throw new SpreadscopeError('kernel_incompatible', message, { cause });
  }
}
