import { expect, test } from 'bun:test';
import { isSpreadscopeError } from '../../src/domain/errors.ts';
import { EXPECTED_ABI_VERSION, instantiateKernel } from '../../src/kernel/abi.ts';
import { loadKernelModule } from '../../src/kernel/load-file.ts';
import { toKernelModule } from '../../src/kernel/load-module.ts';
import { createWasmKernel } from '../../src/kernel/wasm.ts';

const CAPACITY = { symbolsCount: 1, exchangesCount: 2, bookSlotsCount: 2, bookLevelsCount: 1 };

/** The smallest module there is: magic number and version. */
const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'accepted';
  } catch (error) {
    return isSpreadscopeError(error, 'kernel_incompatible') ? error.message : String(error);
  }
}

test('the built module has no imports and the version that the binding expects', async () => {
  const module = await loadKernelModule();
  expect(WebAssembly.Module.imports(module)).toEqual([]);
  const { exports } = instantiateKernel(module);
  expect(Number((exports['ABI_VERSION'] as WebAssembly.Global).value)).toBe(EXPECTED_ABI_VERSION);
});

test('a missing file says how to build it', async () => {
  const missing = new URL('./no-such.wasm', import.meta.url);
  expect(await messageOf(loadKernelModule(missing))).toBe(
    'kernel: build/market.wasm cannot be read; run `bun run build`',
  );
});

test('a file that is not WASM says how to build it', async () => {
  const text = new URL(import.meta.url);
  expect(await messageOf(loadKernelModule(text))).toContain('is not a WASM module');
});

test('another module is refused', () => {
  const other = new WebAssembly.Module(EMPTY_MODULE);
  expect(() => createWasmKernel(other, CAPACITY)).toThrow('expected a number ABI_VERSION');
});

test('what is not a module is refused', () => {
  expect(() => toKernelModule('/build/market.wasm')).toThrow('WebAssembly.Module, got string');
  const path = '/build/market.wasm' as unknown as WebAssembly.Module;
  expect(() => createWasmKernel(path, CAPACITY)).toThrow(TypeError);
});

test('two kernels of one module have memories of their own', async () => {
  const module = toKernelModule(await loadKernelModule());
  const one = createWasmKernel(module, CAPACITY);
  const other = createWasmKernel(module, CAPACITY);
  one.batch.bid[0] = 7;
  expect(other.batch.bid[0]).toBe(0);
});
