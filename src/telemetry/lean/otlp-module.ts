/** Binds an instance of the OTLP module: its memory, the layout that it exports, its one function. */

/** `ABI_VERSION` of `wasm/otlp/layout.ts` that this binding understands. */
export const EXPECTED_ABI_VERSION = 1;

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
  'KEY_BYTES',
  'SPAN_BYTES',
  'KIND_STRING',
  'KIND_NUMBER',
  'KIND_BOOL',
  'KIND_RAW',
] as const;

export type OtlpLayout = Readonly<Record<(typeof LAYOUT_NAMES)[number], number>>;

/** An instance of its own: nobody else writes into its memory. */
export class OtlpMemory {
  readonly layout: OtlpLayout;
  /** Encodes the record at `out`. @returns the address after it. */
  readonly encodeSpan: (out: number) => number;
  readonly #memory: WebAssembly.Memory;
  /** Views over all of the memory; new ones after it has grown. */
  bytes: Uint8Array<ArrayBuffer>;
  words: Uint32Array<ArrayBuffer>;
  numbers: Float64Array<ArrayBuffer>;

  /** @throws {TypeError} when `module` is not this binding's module. */
  constructor(module: WebAssembly.Module) {
    const exports = new WebAssembly.Instance(module).exports;
    const { memory, encodeSpan } = exports;
    if (!(memory instanceof WebAssembly.Memory) || typeof encodeSpan !== 'function') {
      throw new TypeError('OTLP module: expected build/otlp.wasm, got another module');
    }
    this.layout = readLayout(exports);
    this.encodeSpan = encodeSpan as (out: number) => number;
    this.#memory = memory;
    this.bytes = new Uint8Array(memory.buffer);
    this.words = new Uint32Array(memory.buffer);
    this.numbers = new Float64Array(memory.buffer);
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
