/**
 * The contract of the quote scanner: the bytes of one message of a `bookTicker`-like channel in, one row of the kernel's
 * batch out. It reads shapes known by the names of their keys and refuses, with a code, all that it does not know: a
 * refused message is for `JSON.parse`, an accepted one gives the same numbers as `JSON.parse` and `Number`, bit for bit.
 *
 * A message is a JSON object. Its keys may come in any order, with any others among them; those of the quote stand in
 * it or in the object (or array of one object) of its wrapper, such as `data` of a combined stream.
 */

/** Names of the keys of a quote; 1 to 16 bytes each, all different. Null: the shape has none. */
export interface ScanKeys {
  /** The exchange's own name of the market. */
  readonly symbol: string;
  /** Quote units. */
  readonly bid: string;
  /** Base units. */
  readonly bidSize: string | null;
  readonly ask: string;
  readonly askSize: string | null;
  /** Milliseconds since the epoch on the exchange's clock. */
  readonly timeMs: string | null;
}

/** The messages of one exchange. Every key that is not null has to be there, once; the wrapper may be left out. */
export interface ScanShape {
  /** Index of the exchange in the kernel. */
  readonly exchangeIndex: number;
  readonly keys: ScanKeys;
  /** Key of the object that holds the quote; null when there is none. */
  readonly wrapper: string | null;
}

/** Slots of the keys, in the order of the module. */
export const SLOTS = ['symbol', 'bid', 'bidSize', 'ask', 'askSize', 'timeMs'] as const;

/** Bounds of the scanner, as the module has them. */
export const SCAN_LIMITS = {
  keyBytes: 16,
  nameBytes: 32,
  messageBytes: 65_536,
  shapesCount: 256,
  namesCount: 1_048_576,
  depth: 8,
} as const;

/** What became of a message, by the code of the module; the first fault from the left is given. */
export const SCAN_RESULTS = [
  /** The row is written. */
  'accepted',
  /** A byte that neither JSON nor the shape allows there, or the end. */
  'unexpected',
  /** A string with an escape. */
  'escape',
  'missing_key',
  'duplicate_key',
  'unknown_symbol',
  /** A price, size or time that is not a finite decimal of at least 0. */
  'not_a_price',
  /** Passed over objects or arrays nested deeper than `SCAN_LIMITS.depth`. */
  'too_deep',
  /** The message has more than `SCAN_LIMITS.messageBytes`. */
  'too_long',
] as const;

export type ScanResult = (typeof SCAN_RESULTS)[number];

export interface QuoteScanner {
  readonly name: 'reference' | 'wasm';
  /**
   * Makes `name` that of a symbol in the messages of one shape.
   *
   * @throws {RangeError} when an index is beyond the capacity, the name is not 1 to 32 bytes of UTF-8 or already known,
   *   or there is no room for more names.
   */
  addName(shapeIndex: number, name: string, symbolIndex: number): void;
  /** The exchange's clock less ours, taken off its times; initially 0. @throws {RangeError} on a bad index or offset. */
  setClockOffset(shapeIndex: number, offsetMs: number): void;
  /**
   * Reads one message into row `row` of the kernel's batch; `applyQuotes` then checks and stores the quote. A shape
   * without a time key dates its quotes by `receivedAtMs`. A refused message leaves the row as it was.
   *
   * @throws {RangeError} when an index is out of bounds.
   */
  scan(
    shapeIndex: number,
    message: Uint8Array | string,
    receivedAtMs: number,
    row: number,
  ): ScanResult;
}
