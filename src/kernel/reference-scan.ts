/** The reference scanner: plain TypeScript; every number is read by `Number`. Reads what the WASM scanner hands back. */

import { checkIndex } from './checks.ts';
import type { KernelCapacity, MarketKernel, QuoteBatch } from './kernel.ts';
import { type QuoteScanner, SCAN_LIMITS, type ScanResult, type ScanShape, SLOTS } from './scan.ts';
import {
  checkName,
  checkOffset,
  checkScan,
  checkShapes,
  toByteText,
  toScanBytes,
} from './scan-checks.ts';
import { readFields } from './scan-fields.ts';

/**
 * A scanner that writes to the batch of `kernel`.
 *
 * @throws {SpreadscopeError} `kernel_capacity` when a shape is out of bounds.
 */
export function createReferenceScanner(
  kernel: Pick<MarketKernel, 'batch' | 'capacity'>,
  shapes: readonly ScanShape[],
): QuoteScanner {
  checkShapes(shapes, kernel.capacity);
  return new ReferenceScanner(kernel.batch, kernel.capacity, shapes);
}

/** One shape, with its keys and names as text of one character a byte. */
interface Known {
  readonly exchangeIndex: number;
  readonly keys: ReadonlyMap<string, string>;
  readonly required: readonly string[];
  readonly symbols: Map<string, number>;
  offsetMs: number;
}

class ReferenceScanner implements QuoteScanner {
  readonly name = 'reference';
  readonly #batch: QuoteBatch;
  readonly #capacity: KernelCapacity;
  readonly #shapes: readonly Known[];

  constructor(batch: QuoteBatch, capacity: KernelCapacity, shapes: readonly ScanShape[]) {
    this.#batch = batch;
    this.#capacity = capacity;
    this.#shapes = shapes.map(toKnown);
  }

  addName(shapeIndex: number, name: string, symbolIndex: number): void {
    checkIndex('symbolIndex', symbolIndex, this.#capacity.symbolsCount);
    const { symbols } = this.#shapeAt(shapeIndex);
    const key = toByteText(checkName(name));
    if (symbols.has(key)) throw new RangeError(`name: ${JSON.stringify(name)} is known already`);
    symbols.set(key, symbolIndex);
  }

  setClockOffset(shapeIndex: number, offsetMs: number): void {
    checkOffset(offsetMs);
    this.#shapeAt(shapeIndex).offsetMs = offsetMs;
  }

  scan(
    shapeIndex: number,
    message: Uint8Array | string,
    receivedAtMs: number,
    row: number,
  ): ScanResult {
    checkScan(this.#shapes.length, shapeIndex, row);
    const bytes = typeof message === 'string' ? toScanBytes(message) : message;
    if (bytes.length > SCAN_LIMITS.messageBytes) return 'too_long';
    const shape = this.#shapeAt(shapeIndex);
    const fields = readFields(toByteText(bytes), shape.keys, shape.symbols);
    if (typeof fields === 'string') return fields;
    if (shape.required.some((slot) => !fields.has(slot))) return 'missing_key';
    this.#write(row, shape, fields, receivedAtMs);
    return 'accepted';
  }

  #write(row: number, shape: Known, fields: ReadonlyMap<string, number>, receivedAtMs: number) {
    const batch = this.#batch;
    const timeMs = fields.get('timeMs');
    batch.symbolIndex[row] = fields.get('symbol') ?? 0;
    batch.exchangeIndex[row] = shape.exchangeIndex;
    batch.bid[row] = fields.get('bid') ?? Number.NaN;
    batch.bidSize[row] = fields.get('bidSize') ?? Number.NaN;
    batch.ask[row] = fields.get('ask') ?? Number.NaN;
    batch.askSize[row] = fields.get('askSize') ?? Number.NaN;
    batch.timeMs[row] = timeMs === undefined ? receivedAtMs : timeMs - shape.offsetMs;
  }

  #shapeAt(shapeIndex: number): Known {
    checkIndex('shapeIndex', shapeIndex, this.#shapes.length);
    const shape = this.#shapes[shapeIndex];
    if (shape === undefined) throw new Error(`BUG: shape ${shapeIndex} is missing`);
    return shape;
  }
}

function toKnown({ exchangeIndex, keys, wrapper }: ScanShape): Known {
  const required = SLOTS.filter((slot) => keys[slot] !== null);
  const named = required.map((slot) => [toByteText(toScanBytes(keys[slot] ?? '')), slot] as const);
  const wrapping = wrapper === null ? [] : [[toByteText(toScanBytes(wrapper)), 'wrapper'] as const];
  return {
    exchangeIndex,
    keys: new Map<string, string>([...named, ...wrapping]),
    required,
    symbols: new Map(),
    offsetMs: 0,
  };
}
