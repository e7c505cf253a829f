/** The WASM scanner: lives in the memory of a WASM kernel and writes to its batch without a copy. */

import { SpreadscopeError } from '../domain/errors.ts';
import { checkIndex } from './checks.ts';
import type { KernelCapacity, MarketKernel } from './kernel.ts';
import { createReferenceScanner } from './reference-scan.ts';
import {
  type QuoteScanner,
  SCAN_LIMITS,
  SCAN_RESULTS,
  type ScanResult,
  type ScanShape,
  SLOTS,
} from './scan.ts';
import {
  readScanFunctions,
  readScanLayout,
  type ScanFunctions,
  type ScanLayout,
} from './scan-abi.ts';
import {
  checkName,
  checkOffset,
  checkScan,
  checkShapes,
  toByteText,
  toScanBytes,
} from './scan-checks.ts';
import { toCourse, writeCourse } from './scan-course.ts';
import { createWasmKernelWith } from './wasm.ts';

export interface ScanOptions {
  readonly shapes: readonly ScanShape[];
  /** Names to make room for, of all shapes together; 1 to `SCAN_LIMITS.namesCount`. */
  readonly namesCount: number;
}

export interface ScanningKernel {
  readonly kernel: MarketKernel;
  readonly scanner: QuoteScanner;
}

/**
 * A kernel with a scanner in one instance of `module`.
 *
 * @throws as `createWasmKernel`; {SpreadscopeError} `kernel_capacity` when the options are out of bounds.
 */
export function createWasmScanningKernel(
  module: WebAssembly.Module,
  capacity: KernelCapacity,
  options: ScanOptions,
): ScanningKernel {
  checkShapes(options.shapes, capacity);
  checkNamesCount(options.namesCount);
  const { kernel, exports, memory } = createWasmKernelWith(module, capacity, (instance) =>
    configureScan(readScanFunctions(instance), options),
  );
  const scanner = new WasmScanner(kernel, exports, memory, options);
  return { kernel, scanner };
}

function checkNamesCount(namesCount: number): void {
  if (Number.isInteger(namesCount) && namesCount >= 1 && namesCount <= SCAN_LIMITS.namesCount)
    return;
  throw new SpreadscopeError(
    'kernel_capacity',
    `scanner: expected 1 to ${SCAN_LIMITS.namesCount} names, got ${namesCount}`,
  );
}

/** The table is at most half full, so that a search is short and always ends. */
function configureScan(functions: ScanFunctions, { shapes, namesCount }: ScanOptions): void {
  const entries = 2 ** Math.ceil(Math.log2(namesCount * 2));
  if (functions.configureScan(SCAN_LIMITS.messageBytes, shapes.length, entries) === 1) return;
  throw new SpreadscopeError('kernel_capacity', 'scanner: the memory for its state cannot be had');
}

class WasmScanner implements QuoteScanner {
  readonly name = 'wasm';
  readonly #functions: ScanFunctions;
  readonly #message: Uint8Array<ArrayBuffer>;
  readonly #capacity: KernelCapacity;
  readonly #shapesCount: number;
  readonly #encoder = new TextEncoder();
  readonly #buffer: ArrayBuffer;
  readonly #layout: ScanLayout;
  readonly #shapes: readonly ScanShape[];
  readonly #hardNumber: number;
  readonly #offCourse: number;
  /** Reads what is beyond the module's exact arithmetic. */
  readonly #reference: QuoteScanner;
  #namesLeft: number;

  constructor(
    kernel: MarketKernel,
    exports: WebAssembly.Exports,
    memory: WebAssembly.Memory,
    { shapes, namesCount }: ScanOptions,
  ) {
    const layout = readScanLayout(exports);
    this.#functions = readScanFunctions(exports);
    this.#capacity = kernel.capacity;
    this.#shapesCount = shapes.length;
    this.#namesLeft = namesCount;
    this.#buffer = memory.buffer;
    this.#layout = layout;
    this.#shapes = shapes;
    this.#hardNumber = layout.SCAN_HARD_NUMBER;
    this.#offCourse = layout.SCAN_OFF_COURSE;
    this.#reference = createReferenceScanner(kernel, shapes);
    this.#message = new Uint8Array(memory.buffer, layout.scanMessageAt, SCAN_LIMITS.messageBytes);
    for (const [index, shape] of shapes.entries()) writeShape(memory.buffer, layout, index, shape);
  }

  addName(shapeIndex: number, name: string, symbolIndex: number): void {
    checkIndex('shapeIndex', shapeIndex, this.#shapesCount);
    checkIndex('symbolIndex', symbolIndex, this.#capacity.symbolsCount);
    const bytes = checkName(name);
    if (this.#namesLeft === 0) throw new RangeError('name: there is no room for more names');
    this.#reference.addName(shapeIndex, name, symbolIndex);
    this.#message.set(bytes);
    this.#functions.addScanName(shapeIndex, symbolIndex, bytes.length);
    this.#namesLeft -= 1;
  }

  setClockOffset(shapeIndex: number, offsetMs: number): void {
    this.#reference.setClockOffset(shapeIndex, offsetMs);
    checkOffset(offsetMs);
    this.#functions.setScanOffset(shapeIndex, offsetMs);
  }

  scan(
    shapeIndex: number,
    message: Uint8Array | string,
    receivedAtMs: number,
    row: number,
  ): ScanResult {
    checkScan(this.#shapesCount, shapeIndex, row);
    const length = this.#copyIn(message);
    if (length < 0) return 'too_long';
    const code = this.#functions.scanMessage(shapeIndex, length, receivedAtMs, row);
    if (code === 0) return 'accepted';
    if (code === this.#hardNumber) {
      return this.#reference.scan(shapeIndex, message, receivedAtMs, row);
    }
    if (code === this.#offCourse) return this.#learn(shapeIndex, length);
    return SCAN_RESULTS[code] ?? 'unexpected';
  }

  /** From the message in the module's memory, which was accepted: the next ones are likely to be like it. */
  #learn(shapeIndex: number, length: number): ScanResult {
    const { keys, wrapper } = this.#shapes[shapeIndex] ?? {};
    if (keys === undefined) throw new Error(`BUG: shape ${shapeIndex} is missing`);
    const slots = SLOTS.flatMap((slot, index): [string, number][] => {
      const key = keys[slot];
      return key === null ? [] : [[toByteText(toScanBytes(key)), index]];
    });
    const outer =
      wrapper === undefined || wrapper === null ? null : toByteText(toScanBytes(wrapper));
    const pieces = toCourse(toByteText(this.#message.subarray(0, length)), new Map(slots), outer);
    if (pieces !== null) writeCourse(this.#buffer, this.#layout, shapeIndex, pieces);
    return 'accepted';
  }

  /** Bytes copied, −1 when they do not fit. */
  #copyIn(message: Uint8Array | string): number {
    if (typeof message === 'string') {
      const { read, written } = this.#encoder.encodeInto(message, this.#message);
      return read === message.length ? written : -1;
    }
    if (message.length > SCAN_LIMITS.messageBytes) return -1;
    this.#message.set(message);
    return message.length;
  }
}

function writeShape(
  buffer: ArrayBuffer,
  layout: ScanLayout,
  index: number,
  { exchangeIndex, keys, wrapper }: ScanShape,
): void {
  const address = layout.scanShapes + index * layout.SCAN_SHAPE_BYTES;
  const view = new DataView(buffer);
  let required = 0;
  for (const [slot, key] of [...SLOTS.map((name) => keys[name]), wrapper].entries()) {
    if (key === null) continue;
    const bytes = toScanBytes(key);
    const at = address + slot * layout.SCAN_KEY_STRIDE;
    new Uint8Array(buffer, at, bytes.length).set(bytes);
    view.setUint32(at + SCAN_LIMITS.keyBytes, bytes.length, true);
    if (slot < SLOTS.length) required |= 1 << slot;
  }
  view.setUint32(address + layout.SCAN_SHAPE_REQUIRED, required, true);
  view.setUint32(address + layout.SCAN_SHAPE_EXCHANGE, exchangeIndex, true);
}
