/** ccxt's unified ticker → a `Quote`. */

import type { Quote } from '../../../domain/quote.ts';
import type { CcxtTicker } from './ccxt-types.ts';
import { ExchangeFault } from './exchange-fault.ts';
import { toTimeMs } from './to-time.ts';

export interface ToQuoteOptions {
  readonly exchange: string;
  readonly symbol: string;
  /** Base units per unit of size; quote units when `isInverse`. */
  readonly sizeScale: number;
  /** Sizes are turned into base units at their price. */
  readonly isInverse?: boolean;
  readonly receivedAtMs: number;
}

/**
 * Null when the ticker says nothing of either side: it is not a quote then. One side that is absent is an empty side.
 *
 * @throws {ExchangeFault} `exchange_bad_data` when a price or size is not a number of at least zero.
 */
export function toQuote(ticker: CcxtTicker, options: ToQuoteOptions): Quote | null {
  const { exchange, symbol, sizeScale, isInverse = false, receivedAtMs } = options;
  const inBase = (size: number, price: number) =>
    isInverse && price > 0 ? (size * sizeScale) / price : size * sizeScale;
  const read = (value: unknown, absent: number): number => {
    if (value === undefined || value === null) return absent;
    if (typeof value === 'number' && value >= 0 && value < Infinity) return value;
    throw new ExchangeFault(exchange, 'exchange_bad_data');
  };
  const bid = read(ticker.bid, 0);
  const ask = read(ticker.ask, 0);
  if (bid === 0 && ask === 0) return null;
  return {
    exchange,
    symbol,
    bid,
    bidSize: inBase(read(ticker.bidVolume, Number.NaN), bid),
    ask,
    askSize: inBase(read(ticker.askVolume, Number.NaN), ask),
    exchangeTimeMs: toTimeMs(ticker.timestamp),
    receivedAtMs,
  };
}
