/** Takes the OTLP module where the bundler hands it over compiled: Workers refuse to compile bytes. */

/**
 * What `import module from '…/build/otlp.wasm'` gives, once it is known to be a module.
 *
 * @throws {TypeError} when the bundler gave something else, such as a path.
 */
export function toOtlpModule(imported: unknown): WebAssembly.Module {
  if (imported instanceof WebAssembly.Module) return imported;
  throw new TypeError(
    `OTLP module: expected the import of otlp.wasm to be a WebAssembly.Module, got ${typeof imported}`,
  );
}
