/** Quote channels whose messages the kernel's scanner can read, by the method of ccxt that subscribes to them. */

import type { ScanShape } from '../../../kernel/scan.ts';
import type { TransportStep } from './transport-plan.ts';

export type QuoteShape = Pick<ScanShape, 'keys' | 'wrapper'>;

/**
 * Binance, "Individual Symbol Book Ticker Streams" of spot: raw, or as `data` of a combined stream; without a time.
 * (developers.binance.com, web-socket-streams)
 */
const BINANCE: QuoteShape = {
  keys: { symbol: 's', bid: 'b', bidSize: 'B', ask: 'a', askSize: 'A', timeMs: null },
  wrapper: 'data',
};

/** Gate, "Best bid or ask price" of spot, `spot.book_ticker`: `t` is the time of the book. (gate.com/docs, ws v4) */
const GATE: QuoteShape = {
  keys: { symbol: 's', bid: 'b', bidSize: 'B', ask: 'a', askSize: 'A', timeMs: 't' },
  wrapper: 'result',
};

const BY_EXCHANGE: Readonly<Record<string, QuoteShape>> = {
  binance: BINANCE,
  binanceus: BINANCE,
  gate: GATE,
  gateio: GATE,
};

/** Null when ccxt has to read the messages. */
export function findQuoteShape(exchange: string, step: TransportStep): QuoteShape | null {
  if (step.method !== 'watchBidsAsks' || !Object.hasOwn(BY_EXCHANGE, exchange)) return null;
  return BY_EXCHANGE[exchange] ?? null;
}
