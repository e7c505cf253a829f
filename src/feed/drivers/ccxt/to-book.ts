/** ccxt's unified order book → a `Book`: checked, copied (ccxt goes on changing its own) and cut to the depth wanted. */

import type { Book, Level } from '../../../domain/book.ts';
import type { CcxtOrderBook } from './ccxt-types.ts';
import { ExchangeFault } from './exchange-fault.ts';
import { toTimeMs } from './to-time.ts';

export interface ToBookOptions {
  readonly exchange: string;
  readonly symbol: string;
  /** Most levels a side. */
  readonly levelsCount: number;
  /** Base units per unit of size; quote units when `isInverse`. */
  readonly sizeScale: number;
  /** Sizes are turned into base units at the price of their level. */
  readonly isInverse?: boolean;
  readonly receivedAtMs: number;
}

/**
 * Levels of size zero are left out.
 *
 * @throws {ExchangeFault} `exchange_bad_data` when a side is no list of levels, a price is not a positive number, a size
 * is negative or no number, or prices are out of order.
 */
export function toBook(source: CcxtOrderBook, options: ToBookOptions): Book {
  return {
    exchange: options.exchange,
    symbol: options.symbol,
    bids: toSide(source.bids, -1, options),
    asks: toSide(source.asks, 1, options),
    exchangeTimeMs: toTimeMs(source.timestamp),
    receivedAtMs: options.receivedAtMs,
  };
}

/** @param direction - 1 when prices rise, -1 when they fall. */
function toSide(source: unknown, direction: 1 | -1, options: ToBookOptions): readonly Level[] {
  const { exchange, levelsCount, sizeScale, isInverse = false } = options;
  if (!Array.isArray(source)) throw new ExchangeFault(exchange, 'exchange_bad_data');
  const levels: Level[] = [];
  let previousPrice = direction === 1 ? 0 : Number.POSITIVE_INFINITY;
  for (const level of source) {
    if (levels.length === levelsCount) break;
    const price: unknown = level?.[0];
    const size: unknown = level?.[1];
    if (!isPrice(price) || !isSize(size) || (price - previousPrice) * direction <= 0) {
      throw new ExchangeFault(exchange, 'exchange_bad_data');
    }
    previousPrice = price;
    if (size > 0) levels.push([price, isInverse ? (size * sizeScale) / price : size * sizeScale]);
  }
  return levels;
}

function isPrice(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < Infinity;
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}
