/** What was pushed: each exchange with its markets and its state, the newest update of each market. */

import type { Book, Level } from '../../../domain/book.ts';
import { SpreadscopeError } from '../../../domain/errors.ts';
import type { Market } from '../../../domain/market.ts';
import type { Quote } from '../../../domain/quote.ts';
import type { ExchangeReason, ExchangeStatus } from '../../feed.ts';
import type { PushedExchange } from '../../ingest.ts';

interface PushedMarket {
  market: Market;
  newest: Quote | Book | null;
}

interface ExchangeRecord {
  readonly markets: Map<string, PushedMarket>;
  told: Pick<PushedExchange, 'state' | 'reason'> | null;
  updatesCount: number;
  lastUpdateAtMs: number | null;
  /** When the exchange was first heard of, milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** Why an update does not count. */
export type Refusal = 'unknown' | 'late';

export class PushedState {
  readonly #exchanges = new Map<string, ExchangeRecord>();
  readonly #stallMs: number;

  /** @param stallMs - an exchange without any update for so long is down. */
  constructor(stallMs: number) {
    this.#stallMs = stallMs;
  }

  markets(): readonly Market[] {
    return [...this.#exchanges.values()].flatMap(({ markets }) =>
      [...markets.values()].map(({ market }) => market),
    );
  }

  setMarket(market: Market, nowMs: number): void {
    const { markets } = this.#exchangeOf(market.exchange, nowMs);
    const known = markets.get(market.symbol);
    if (known === undefined) markets.set(market.symbol, { market, newest: null });
    else known.market = market;
  }

  tell({ exchange, state, reason }: PushedExchange, nowMs: number): void {
    this.#exchangeOf(exchange, nowMs).told = { state, reason };
  }

  /** @returns why it does not count, or null. */
  update(update: Quote | Book): Refusal | null {
    const exchange = this.#exchanges.get(update.exchange);
    const market = exchange?.markets.get(update.symbol);
    if (exchange === undefined || market === undefined) return 'unknown';
    if (market.newest !== null && update.receivedAtMs < market.newest.receivedAtMs) return 'late';
    market.newest = update;
    exchange.updatesCount += 1;
    exchange.lastUpdateAtMs = Math.max(exchange.lastUpdateAtMs ?? 0, update.receivedAtMs);
    return null;
  }

  /**
   * The newest book; of a quote, one level a side.
   *
   * @throws {SpreadscopeError} `exchange_unknown`, `symbol_unknown`, `exchange_bad_data`.
   */
  bookOf(exchange: string, symbol: string): Book {
    const found = this.#exchanges.get(exchange);
    if (found === undefined) {
      throw new SpreadscopeError('exchange_unknown', `${exchange}: no feeder has pushed it`);
    }
    const market = found.markets.get(symbol);
    if (market === undefined) {
      throw new SpreadscopeError('symbol_unknown', `${exchange}: no feeder has pushed ${symbol}`);
    }
    if (market.newest !== null) return toBook(market.newest);
    throw new SpreadscopeError('exchange_bad_data', `${exchange}: ${symbol} has no update yet`);
  }

  statuses(
    nowMs: number,
    closed: ExchangeReason | null,
    skippedCount: (exchange: string) => number,
  ): readonly ExchangeStatus[] {
    return [...this.#exchanges].map(([exchange, record]) => ({
      exchange,
      ...(closed === null
        ? this.#stateOf(record, nowMs)
        : { state: 'closed' as const, reason: closed }),
      transport: 'push',
      marketsCount: record.markets.size,
      updatesCount: record.updatesCount,
      skippedCount: skippedCount(exchange),
      failuresCount: 0,
      lastUpdateAtMs: record.lastUpdateAtMs,
      roundTripMs: null,
      clockOffsetMs: null,
      retryAtMs: null,
    }));
  }

  #stateOf(
    { told, lastUpdateAtMs, sinceMs }: ExchangeRecord,
    nowMs: number,
  ): Pick<ExchangeStatus, 'state' | 'reason'> {
    if (told !== null && told.state !== 'live') return told;
    if (nowMs - (lastUpdateAtMs ?? sinceMs) > this.#stallMs)
      return { state: 'down', reason: SILENT };
    return lastUpdateAtMs === null
      ? { state: 'connecting', reason: WAITING }
      : { state: 'live', reason: null };
  }

  #exchangeOf(exchange: string, nowMs: number): ExchangeRecord {
    const known = this.#exchanges.get(exchange);
    if (known !== undefined) return known;
    const fresh: ExchangeRecord = {
      markets: new Map(),
      told: null,
      updatesCount: 0,
      lastUpdateAtMs: null,
      sinceMs: nowMs,
    };
    this.#exchanges.set(exchange, fresh);
    return fresh;
  }
}

const SILENT: ExchangeReason = {
  code: 'exchange_timeout',
  message: 'No feeder has pushed an update for too long.',
};
const WAITING: ExchangeReason = {
  code: 'exchange_timeout',
  message: 'No feeder has pushed an update yet.',
};

function toBook(newest: Quote | Book): Book {
  if ('bids' in newest) return newest;
  const { exchange, symbol, bid, bidSize, ask, askSize, exchangeTimeMs, receivedAtMs } = newest;
  const sideOf = (price: number, size: number): readonly Level[] => {
    if (price > 0 && Number.isNaN(size)) {
      throw new SpreadscopeError('exchange_bad_data', `${exchange}: ${symbol} came without sizes`);
    }
    return price > 0 && size > 0 ? [[price, size]] : [];
  };
  return {
    exchange,
    symbol,
    bids: sideOf(bid, bidSize),
    asks: sideOf(ask, askSize),
    exchangeTimeMs,
    receivedAtMs,
  };
}
