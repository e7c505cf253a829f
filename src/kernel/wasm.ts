/** The WASM kernel: binds the module's memory and functions to the contract. */

import { SpreadscopeError } from '../domain/errors.ts';
import { instantiateKernel, type KernelFunctions, type KernelLayout, readLayout } from './abi.ts';
import { BATCH_CAPACITY_COUNT, checkCapacity, toHitsCapacity } from './capacity.ts';
import { createCheckedKernel } from './checked-kernel.ts';
import type { KernelCore } from './core.ts';
import type {
  BookViews,
  HitViews,
  KernelCapacity,
  MarketKernel,
  QuoteBatch,
  StoredQuote,
} from './kernel.ts';

/**
 * A kernel in an instance of its own of `module` (see `load-file.ts` and `load-module.ts`).
 *
 * @throws {TypeError} when `module` is not a WebAssembly.Module or a count of `capacity` is not a number.
 * @throws {SpreadscopeError} `kernel_incompatible` when the module is not this kernel's; `kernel_capacity` when the
 *   capacity is out of bounds or its memory cannot be had.
 */
export function createWasmKernel(
  module: WebAssembly.Module,
  capacity: KernelCapacity,
): MarketKernel {
  return createWasmKernelWith(module, capacity, () => undefined).kernel;
}

/**
 * As `createWasmKernel`, with the instance that it lives in. `extend` may lay out more state: it runs once the kernel's
 * own is laid out and before any view of memory is made.
 */
export function createWasmKernelWith(
  module: WebAssembly.Module,
  capacity: KernelCapacity,
  extend: (exports: WebAssembly.Exports) => void,
) {
  const checked = checkCapacity(capacity);
  const { functions, memory, exports } = instantiateKernel(module);
  configure(functions, checked);
  extend(exports);
  const core = createWasmCore(functions, memory.buffer, readLayout(exports), checked);
  return { kernel: createCheckedKernel(core, checked), memory, exports };
}

function configure(functions: KernelFunctions, capacity: KernelCapacity): void {
  const isConfigured = functions.configure(
    capacity.symbolsCount,
    capacity.exchangesCount,
    capacity.bookSlotsCount,
    capacity.bookLevelsCount,
    BATCH_CAPACITY_COUNT,
    toHitsCapacity(capacity),
  );
  if (isConfigured === 1) return;
  throw new SpreadscopeError('kernel_capacity', 'kernel: the memory for its state cannot be had');
}

function createWasmCore(
  functions: KernelFunctions,
  buffer: ArrayBuffer,
  layout: KernelLayout,
  capacity: KernelCapacity,
): KernelCore {
  const state = new DataView(buffer);
  return {
    name: 'wasm',
    batch: createBatch(buffer, layout),
    hits: createHits(buffer, layout, toHitsCapacity(capacity)),
    work: new Float64Array(buffer, layout.work, layout.WORK_COUNT),
    sizing: new Float64Array(buffer, layout.sizing, layout.SIZING_COUNT),
    setTakerRatio: functions.setTakerRatio,
    applyQuotes: functions.applyQuotes,
    clearMarket: functions.clearMarket,
    clearExchange: functions.clearExchange,
    screenDirty: functions.screenDirty,
    screenAll: functions.screenAll,
    screenPairs: functions.screenPairs,
    commitBook: functions.commitBook,
    sizePair: functions.sizePair,
    costPair: functions.costPair,
    readQuote: (symbolIndex, exchangeIndex) => readQuote(state, layout, symbolIndex, exchangeIndex),
    bookViews: createBookViews(buffer, layout, capacity),
  };
}

function createBatch(buffer: ArrayBuffer, layout: KernelLayout): QuoteBatch {
  const indices = (address: number) => new Uint32Array(buffer, address, BATCH_CAPACITY_COUNT);
  const numbers = (address: number) => new Float64Array(buffer, address, BATCH_CAPACITY_COUNT);
  return {
    symbolIndex: indices(layout.batchSymbol),
    exchangeIndex: indices(layout.batchExchange),
    bid: numbers(layout.batchBid),
    bidSize: numbers(layout.batchBidSize),
    ask: numbers(layout.batchAsk),
    askSize: numbers(layout.batchAskSize),
    timeMs: numbers(layout.batchTime),
  };
}

function createHits(buffer: ArrayBuffer, layout: KernelLayout, rowsCount: number): HitViews {
  return {
    symbolIndex: new Uint32Array(buffer, layout.hitSymbol, rowsCount),
    buyExchangeIndex: new Uint32Array(buffer, layout.hitBuy, rowsCount),
    sellExchangeIndex: new Uint32Array(buffer, layout.hitSell, rowsCount),
    edgeRatio: new Float64Array(buffer, layout.hitEdge, rowsCount),
  };
}

function readQuote(
  state: DataView,
  layout: KernelLayout,
  symbolIndex: number,
  exchangeIndex: number,
): StoredQuote {
  const place = symbolIndex * layout.rowStride + exchangeIndex;
  const market = layout.markets + place * layout.MARKET_BYTES;
  const netBids = layout.netRows + symbolIndex * layout.netRowBytes;
  const netAsks = netBids + layout.rowStride * 8;
  const numberAt = (address: number) => state.getFloat64(address, true);
  return {
    bid: numberAt(market + layout.MARKET_BID),
    bidSize: numberAt(market + layout.MARKET_BID_SIZE),
    ask: numberAt(market + layout.MARKET_ASK),
    askSize: numberAt(market + layout.MARKET_ASK_SIZE),
    timeMs: numberAt(market + layout.MARKET_TIME),
    netBid: numberAt(netBids + exchangeIndex * 8),
    netAsk: numberAt(netAsks + exchangeIndex * 8),
  };
}

/** Views of a slot are made when they are first asked for, and kept. */
function createBookViews(buffer: ArrayBuffer, layout: KernelLayout, capacity: KernelCapacity) {
  const made: (BookViews | undefined)[] = new Array(capacity.bookSlotsCount);
  const levels = capacity.bookLevelsCount;
  const side = (index: number) => {
    const address = layout.bookSides + index * layout.sideBytes;
    return {
      price: new Float64Array(buffer, address, levels),
      size: new Float64Array(buffer, address + levels * 8, levels),
    };
  };
  return (slot: number): BookViews => {
    const views = made[slot] ?? { bids: side(slot * 2), asks: side(slot * 2 + 1) };
    made[slot] = views;
    return views;
  };
}
