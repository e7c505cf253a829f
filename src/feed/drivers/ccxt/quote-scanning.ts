/**
 * Reads the quotes of spot markets straight from the bytes of known messages, past `JSON.parse` and ccxt's own parsing;
 * ccxt subscribes, keeps the socket alive and reads all other messages.
 */

import { createWasmScanningKernel } from '../../../kernel/wasm-scan.ts';
import type { MessageReader } from './message-tap.ts';
import { findQuoteShape, type QuoteShape } from './quote-shapes.ts';
import type { Reader } from './reader.ts';
import { toTimeMs } from './to-time.ts';
import type { TransportStep } from './transport-plan.ts';

const SHAPE_INDEX = 0;
const ROW = 0;
/** Longest name that the scanner knows, bytes. */
const MAX_NAME_BYTES = 32;

/**
 * Begins to read the messages of `reader`'s exchange, when their shape is known and there is a kernel to read them.
 *
 * @param onPassed - called when ccxt has handled a message: what it knows now is older than what is scanned next.
 * @returns what ends it.
 */
export function scanQuotes(reader: Reader, step: TransportStep, onPassed: () => void): () => void {
  const { tap, kernelModule = null, isOnlyGroup, markets } = reader.options;
  const shape = findQuoteShape(reader.exchange.id, step);
  const isSpot = reader.symbols.every((symbol) => markets.get(symbol)?.isSpot === true);
  // Spot and contracts share names: who reads both leaves it to ccxt to tell them apart.
  const isAlone = isSpot && (isOnlyGroup?.() ?? true);
  if (tap === undefined || kernelModule === null || shape === null || !isAlone) {
    return () => undefined;
  }
  return tap.add(createQuoteReader(reader, shape, kernelModule, onPassed));
}

/** @param onPassed - as above. */
export function createQuoteReader(
  reader: Reader,
  shape: QuoteShape,
  module: WebAssembly.Module,
  onPassed: () => void,
): MessageReader {
  const { symbols } = reader;
  const capacity = {
    symbolsCount: symbols.length,
    exchangesCount: 2,
    bookSlotsCount: 2,
    bookLevelsCount: 1,
  };
  const shapes = [{ ...shape, exchangeIndex: 0 }];
  const options = { shapes, namesCount: symbols.length };
  const { kernel, scanner } = createWasmScanningKernel(module, capacity, options);
  for (const [name, index] of namesOf(reader)) scanner.addName(SHAPE_INDEX, name, index);
  const { batch } = kernel;
  /** The first message of each market is ccxt's, which waits for it. */
  const isBegun = new Uint8Array(symbols.length);

  const take = (data: unknown): boolean => {
    if (typeof data !== 'string' && !(data instanceof Uint8Array)) return false;
    if (scanner.scan(SHAPE_INDEX, data, Number.NaN, ROW) !== 'accepted') return false;
    const index = batch.symbolIndex[ROW] ?? -1;
    const symbol = symbols[index];
    if (symbol === undefined) return false;
    if (isBegun[index] === 0) {
      isBegun[index] = 1;
      return false;
    }
    return reader.takeScanned(symbol, {
      bid: batch.bid[ROW] ?? 0,
      bidSize: batch.bidSize[ROW] ?? Number.NaN,
      ask: batch.ask[ROW] ?? 0,
      askSize: batch.askSize[ROW] ?? Number.NaN,
      exchangeTimeMs: toTimeMs(batch.timeMs[ROW]),
    });
  };
  return { take, passed: onPassed };
}

/** The exchange's own names, of markets that have one of their own. */
function namesOf({ exchange, symbols }: Reader): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  const encoder = new TextEncoder();
  for (const [index, symbol] of symbols.entries()) {
    const id = exchange.markets?.[symbol]?.id;
    if (typeof id !== 'string' || names.has(id)) continue;
    const bytes = encoder.encode(id).length;
    if (bytes >= 1 && bytes <= MAX_NAME_BYTES) names.set(id, index);
  }
  return names;
}
