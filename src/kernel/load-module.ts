/** Takes the kernel's module where the bundler hands it over compiled: Workers refuse to compile bytes. */

import { SpreadscopeError } from '../domain/errors.ts';

/**
 * What `import module from '…/build/market.wasm'` gives, once it is known to be a module.
 *
 * @throws {SpreadscopeError} `kernel_incompatible` when the bundler gave something else, such as a path.
 */
export function toKernelModule(imported: unknown): WebAssembly.Module {
  if (imported instanceof WebAssembly.Module) return imported;
  const message = `kernel: expected the import of market.wasm to be a WebAssembly.Module, got ${typeof imported}`;
  throw new SpreadscopeError('kernel_incompatible', message);
}
