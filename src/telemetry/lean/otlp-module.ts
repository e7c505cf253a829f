/** Binds an instance of the OTLP module: its memory, the layout that it exports, its functions. */

import type { ProtobufWriter } from '../export/protobuf-writer.ts';

/** `ABI_VERSION` of `wasm/otlp/layout.ts` that this binding understands. */
export const EXPECTED_ABI_VERSION = 2;

/** Addresses, strides, capacities and codes, as the module exports them. */
const LAYOUT_NAMES = [
  'RECORD',
  'ATTRIBUTES',
  'ATTRIBUTE_CAPACITY',
  'ATTRIBUTE_STRIDE',
  'TEXT',
  'TEXT_BYTES',
  'NAMES',
  'NAMES_BYTES',
  'FORMS',
  'FORMS_BYTES',
  'SLOT_TEXT',
  'SLOT_TEXT_BYTES',
  'QUEUE',
  'SCRATCH',
  'SCRATCH_BYTES',
  'ENTRY_BYTES',
  'RESULT',
  'KEY_BYTES',
  'SPAN_BYTES',
  'KIND_STRING',
  'KIND_NUMBER',
  'KIND_BOOL',
  'KIND_RAW',
] as const;

export type OtlpLayout = Readonly<Record<(typeof LAYOUT_NAMES)[number], number>>;

interface OtlpFunctions extends Pick<OtlpMemory, 'encodeSpan' | 'sealEntry' | 'wireBytes'> {
  readonly writeOut: (from: number, end: number, out: number, limit: number) => number;
}

/** An instance of its own: nobody else writes into its memory. */
export class OtlpMemory {
  readonly layout: OtlpLayout;
  /** Makes an entry of the record, at `out`. @returns the address after it. */
  readonly encodeSpan: (out: number) => number;
  /** Makes an entry of `bytes` finished fields that lie after the room for its head. @returns the address after it. */
  readonly sealEntry: (out: number, bytes: number) => number;
  /** Bytes of entries on the wire. */
  readonly wireBytes: (from: number, end: number) => number;
  readonly #writeOut: OtlpFunctions['writeOut'];
  readonly #memory: WebAssembly.Memory;
  /** Views over all of the memory; new ones after it has grown. */
  bytes: Uint8Array<ArrayBuffer>;
  words: Uint32Array<ArrayBuffer>;
  numbers: Float64Array<ArrayBuffer>;

  /** @throws {TypeError} when `module` is not this binding's module. */
  constructor(module: WebAssembly.Module) {
    const exports = new WebAssembly.Instance(module).exports;
    const { memory } = exports;
    if (!(memory instanceof WebAssembly.Memory) || typeof exports['encodeSpan'] !== 'function') {
      throw new TypeError('OTLP module: expected build/otlp.wasm, got another module');
    }
    this.layout = readLayout(exports);
    const functions = exports as unknown as OtlpFunctions;
    this.encodeSpan = functions.encodeSpan;
    this.sealEntry = functions.sealEntry;
    this.wireBytes = functions.wireBytes;
    this.#writeOut = functions.writeOut;
    this.#memory = memory;
    this.bytes = new Uint8Array(memory.buffer);
    this.words = new Uint32Array(memory.buffer);
    this.numbers = new Float64Array(memory.buffer);
  }

  /** Entries as they go on the wire, by way of the module's scratch. */
  writeEntries(start: number, end: number, writer: ProtobufWriter): void {
    const { RESULT, SCRATCH, SCRATCH_BYTES } = this.layout;
    for (let from = start; from < end; from = this.words[RESULT >> 2] ?? end) {
      const scratchEnd = this.#writeOut(from, end, SCRATCH, SCRATCH + SCRATCH_BYTES);
      writer.raw(this.bytes.subarray(SCRATCH, scratchEnd));
    }
  }

  /** @returns false when the memory cannot be had. */
  growTo(byteCount: number): boolean {
    const missingPages = Math.ceil((byteCount - this.bytes.length) / WASM_PAGE_BYTES);
    if (missingPages <= 0) return true;
    try {
      this.#memory.grow(missingPages);
    } catch {
      return false;
    }
    this.bytes = new Uint8Array(this.#memory.buffer);
    this.words = new Uint32Array(this.#memory.buffer);
    this.numbers = new Float64Array(this.#memory.buffer);
    return true;
  }
}

/** Of a WebAssembly memory, by its specification. */
const WASM_PAGE_BYTES = 65_536;

function readLayout(exports: WebAssembly.Exports): OtlpLayout {
  const version = readNumber(exports, 'ABI_VERSION');
  if (version !== EXPECTED_ABI_VERSION) {
    throw new TypeError(
      `OTLP module: expected ABI version ${EXPECTED_ABI_VERSION}, got ${version}; build again`,
    );
  }
  const entries = LAYOUT_NAMES.map((name) => [name, readNumber(exports, name)] as const);
  return Object.fromEntries(entries) as OtlpLayout;
}

function readNumber(exports: WebAssembly.Exports, name: string): number {
  const item = exports[name];
  if (item instanceof WebAssembly.Global && typeof item.value === 'number') return item.value;
  throw new TypeError(`OTLP module: expected a number ${name} among its exports`);
}
