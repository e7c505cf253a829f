/** Reads the layout that the WASM module exports, and checks that it is the one this binding was written for. */

import { SpreadscopeError } from '../domain/errors.ts';

/** `ABI_VERSION` of `wasm/market/layout.ts` that this binding understands. */
export const EXPECTED_ABI_VERSION = 2;

/** Numbers exported by the module: strides and addresses in bytes, valid after `configure`. */
const LAYOUT_NAMES = [
  'MARKET_BYTES',
  'MARKET_BID',
  'MARKET_BID_SIZE',
  'MARKET_ASK',
  'MARKET_ASK_SIZE',
  'MARKET_TIME',
  'WORK_COUNT',
  'SIZING_COUNT',
  'rowStride',
  'netRowBytes',
  'netRows',
  'markets',
  'work',
  'sizing',
  'batchSymbol',
  'batchExchange',
  'batchBid',
  'batchBidSize',
  'batchAsk',
  'batchAskSize',
  'batchTime',
  'hitSymbol',
  'hitBuy',
  'hitSell',
  'hitEdge',
  'bookSides',
  'sideBytes',
] as const;

export type KernelLayout = Readonly<Record<(typeof LAYOUT_NAMES)[number], number>>;

/** Functions exported by the module. */
export interface KernelFunctions {
  configure(
    symbols: number,
    exchanges: number,
    bookSlots: number,
    bookLevels: number,
    batchRows: number,
    hitRows: number,
  ): number;
  setTakerRatio(symbol: number, exchange: number, takerRatio: number): void;
  applyQuotes(count: number): number;
  clearMarket(symbol: number, exchange: number): void;
  clearExchange(exchange: number): void;
  screenDirty(now: number, maxAge: number, maxFuture: number, minEdge: number): number;
  screenAll(now: number, maxAge: number, maxFuture: number, minEdge: number): number;
  screenPairs(
    symbol: number,
    now: number,
    maxAge: number,
    maxFuture: number,
    minEdge: number,
  ): number;
  commitBook(slot: number, bids: number, asks: number): number;
  sizePair(
    askSlot: number,
    bidSlot: number,
    buyTaker: number,
    sellTaker: number,
    maxSize: number,
    maxCost: number,
  ): void;
  costPair(
    askSlot: number,
    bidSlot: number,
    buyTaker: number,
    sellTaker: number,
    maxSize: number,
    maxCost: number,
    conversion: number,
    risk: number,
    fixed: number,
  ): void;
}

const FUNCTION_NAMES = [
  'configure',
  'setTakerRatio',
  'applyQuotes',
  'clearMarket',
  'clearExchange',
  'screenDirty',
  'screenAll',
  'screenPairs',
  'commitBook',
  'sizePair',
  'costPair',
] as const satisfies readonly (keyof KernelFunctions)[];

/** Instantiates the module for quotes and books. @throws {SpreadscopeError} `kernel_incompatible`; see below. */
export function instantiateKernel(module: WebAssembly.Module) {
  const { memory, exports } = instantiateModule(module, FUNCTION_NAMES);
  return { functions: exports as unknown as KernelFunctions, memory, exports };
}

/** The layout as it stands after `configure`. @throws {SpreadscopeError} `kernel_incompatible`; see below. */
export function readLayout(exports: WebAssembly.Exports): KernelLayout {
  return readNumbers(exports, LAYOUT_NAMES);
}

/**
 * Instantiates the module and checks its version and that it has the named functions.
 *
 * @throws {TypeError} when `module` is not a WebAssembly.Module.
 * @throws {SpreadscopeError} `kernel_incompatible` when the module is another one, or of another version.
 */
export function instantiateModule(
  module: WebAssembly.Module,
  functionNames: readonly string[],
): { readonly memory: WebAssembly.Memory; readonly exports: WebAssembly.Exports } {
  const { exports } = instantiate(module);
  const version = numberOf(exports, 'ABI_VERSION');
  if (version !== EXPECTED_ABI_VERSION) {
    throw incompatible(`expected ABI_VERSION ${EXPECTED_ABI_VERSION}, got ${version}`);
  }
  const { memory } = exports;
  if (!(memory instanceof WebAssembly.Memory)) throw incompatible('expected an exported memory');
  for (const name of functionNames) {
    if (typeof exports[name] !== 'function') throw incompatible(`expected a function ${name}`);
  }
  return { memory, exports };
}

/**
 * Numbers that the module exports, by name.
 *
 * @throws {SpreadscopeError} `kernel_incompatible` when one of them is missing.
 */
export function readNumbers<Name extends string>(
  exports: WebAssembly.Exports,
  names: readonly Name[],
): Readonly<Record<Name, number>> {
  const entries = names.map((name) => [name, numberOf(exports, name)] as const);
  return Object.freeze(Object.fromEntries(entries)) as Readonly<Record<Name, number>>;
}

function instantiate(module: WebAssembly.Module): WebAssembly.Instance {
  if (!(module instanceof WebAssembly.Module)) {
    throw new TypeError(`kernel module: expected a WebAssembly.Module, got ${typeof module}`);
  }
  try {
    return new WebAssembly.Instance(module, {});
  } catch (cause) {
    throw incompatible('the module does not instantiate without imports', cause);
  }
}

function numberOf(exports: WebAssembly.Exports, name: string): number {
  const global = exports[name];
  const value: unknown = global instanceof WebAssembly.Global ? global.value : undefined;
  // Addresses are unsigned; a global gives its 32 bits as a signed number.
  if (typeof value === 'number') return value >>> 0;
  throw incompatible(`expected a number ${name}`);
}

function incompatible(message: string, cause?: unknown): SpreadscopeError {
  return new SpreadscopeError('kernel_incompatible', `kernel module: ${message}`, { cause });
}
