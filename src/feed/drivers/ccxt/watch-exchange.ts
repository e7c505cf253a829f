/** Reads an exchange by WebSocket, until it fails, stalls or is told to stop. */

import { ROOT_CONTEXT } from '@opentelemetry/api';
import { backoffDelayMs } from './backoff.ts';
import type { CcxtOrderBook, CcxtTicker, TickersBySymbol } from './ccxt-types.ts';
import { callExchange } from './exchange-call.ts';
import { scanQuotes } from './quote-scanning.ts';
import type { Reader } from './reader.ts';
import type { TransportStep } from './transport-plan.ts';

export type WatchStep = Extract<TransportStep, { transport: 'websocket' }>;

/**
 * Resolves once `signal` aborts.
 *
 * @throws {SpreadscopeError} when the connection fails, or no market had an update for `stallTimeoutMs`.
 */
export async function watchExchange(
  reader: Reader,
  step: WatchStep,
  signal: AbortSignal,
): Promise<void> {
  const ending = new AbortController();
  const either = AbortSignal.any([signal, ending.signal]);
  try {
    const watching = step.scope === 'all' ? watchAll : watchEach;
    await Promise.race([watching(reader, step, either), throwOnStall(reader, either)]);
  } catch (error) {
    if (!signal.aborted) throw reader.toFault(error);
  } finally {
    ending.abort();
  }
}

async function throwOnStall(reader: Reader, signal: AbortSignal): Promise<never> {
  const { clock, times } = reader.options;
  for (;;) {
    const idleMs = clock.monotonicMs() - reader.lastUpdateAtMs;
    if (idleMs >= times.stallTimeoutMs) {
      const detail = `sent no update for ${times.stallTimeoutMs / 1_000} s`;
      throw reader.fault('exchange_timeout', detail);
    }
    await clock.sleep(times.stallTimeoutMs - idleMs, signal);
  }
}

/** Most symbols in one subscription: exchanges bound its length (Binance: 200 book streams a connection in ccxt). */
const MAX_SUBSCRIPTION_SYMBOLS_COUNT = 100;

async function watchAll(reader: Reader, step: WatchStep, signal: AbortSignal): Promise<void> {
  const groups: (readonly string[])[] = [];
  for (let start = 0; start < reader.symbols.length; start += MAX_SUBSCRIPTION_SYMBOLS_COUNT) {
    groups.push(reader.symbols.slice(start, start + MAX_SUBSCRIPTION_SYMBOLS_COUNT));
  }
  const sweeps: Sweep[] = [];
  const failed = Promise.withResolvers<never>();
  const stopScanning = scanQuotes(reader, step, () => {
    // In the turn of the message, so that what is scanned next is newer; who waits for ccxt learns of a fault.
    try {
      for (const sweep of sweeps) sweep(undefined);
    } catch (error) {
      failed.reject(error);
    }
  });
  const watching = groups.map((symbols) => {
    const sweep = createSweep(reader, step, symbols);
    sweeps.push(sweep);
    return watchGroup(reader, step, symbols, sweep, signal);
  });
  try {
    await Promise.race([Promise.all(watching), failed.promise]);
  } finally {
    stopScanning();
  }
}

/** @param woken - what ccxt answered; undefined: nothing, but it may know something new. */
type Sweep = (woken: unknown) => void;

function createSweep(reader: Reader, step: WatchStep, symbols: readonly string[]): Sweep {
  return step.yields === 'books'
    ? createBookSweep(reader, symbols)
    : createTickerSweep(reader, step, symbols);
}

async function watchGroup(
  reader: Reader,
  step: WatchStep,
  symbols: readonly string[],
  sweep: Sweep,
  signal: AbortSignal,
): Promise<void> {
  const { exchange } = reader;
  const next = (): Promise<unknown> => {
    switch (step.method) {
      case 'watchOrderBookForSymbols':
        return exchange.watchOrderBookForSymbols(symbols);
      case 'watchBidsAsks':
        return exchange.watchBidsAsks(symbols);
      default:
        return exchange.watchTickers(symbols);
    }
  };
  sweep(await firstCall(reader, step, signal, next, { symbolsCount: symbols.length }));
  const mending = createMending(reader);
  while (!signal.aborted) {
    const woken = await mending.next(next, () => symbols.filter(isForgotten(reader)));
    if (!signal.aborted && woken !== null) sweep(woken);
  }
}

/** So many gaps without an update between them are no accident: the exchange is connected anew. */
const MAX_GAPS_COUNT = 3;

/** ccxt forgets a book whose updates do not fit together; the next call subscribes to it anew. */
function createMending(reader: Reader) {
  let gapsCount = 0;
  return {
    /** Null when updates are missing; `lacking` are the symbols that are told so. */
    next: async <Result>(
      call: () => Promise<Result>,
      lacking: () => readonly string[],
    ): Promise<Result | null> => {
      try {
        const result = await call();
        gapsCount = 0;
        return result;
      } catch (error) {
        gapsCount += 1;
        if (!reader.isGap(error) || gapsCount > MAX_GAPS_COUNT) throw error;
        for (const symbol of lacking()) reader.takeGap(symbol);
        return null;
      }
    },
  };
}

function isForgotten(reader: Reader): (symbol: string) => boolean {
  const { orderbooks } = reader.exchange;
  const forgotten = reader.symbols.some((symbol) => orderbooks[symbol] === undefined);
  // An exchange that keeps the book does not say whose updates are missing: it may be anybody's.
  return (symbol) => !forgotten || orderbooks[symbol] === undefined;
}

/** The span of a stream covers connecting, subscribing and the first message; messages have none. */
function firstCall<Result>(
  reader: Reader,
  step: WatchStep,
  signal: AbortSignal,
  invoke: () => Promise<Result>,
  of: { readonly symbol: string } | { readonly symbolsCount: number },
): Promise<Result> {
  return callExchange(reader.options.caller, {
    operation: step.method,
    ...of,
    timeoutMs: reader.options.times.stallTimeoutMs,
    signal,
    parent: ROOT_CONTEXT,
    invoke,
  });
}

/**
 * ccxt wakes a watcher of many symbols for one of them. Messages that it handled in the same turn changed other books
 * without waking anybody, so each wake looks at all of them.
 */
function createBookSweep(reader: Reader, symbols: readonly string[]): (woken: unknown) => void {
  const seen = new Map<string, { readonly nonce: unknown; readonly timestamp: unknown }>();
  return function sweepBooks(woken) {
    for (const symbol of symbols) {
      const book = reader.exchange.orderbooks[symbol];
      if (book === undefined) continue;
      const { nonce, timestamp } = book;
      const last = seen.get(symbol);
      const isNew = book === woken || nonce !== last?.nonce || timestamp !== last?.timestamp;
      if (!isNew) continue;
      seen.set(symbol, { nonce, timestamp });
      book.limit?.();
      reader.takeBook(symbol, book);
    }
  };
}

/** So many markets without prices in their tickers, and none with: this exchange's tickers carry none. */
const MIN_TICKERS_COUNT = 3;

/** As for books; a ticker that changed is another object. */
function createTickerSweep(
  reader: Reader,
  step: WatchStep,
  symbols: readonly string[],
): (woken: unknown) => void {
  const seen = new Map<string, CcxtTicker>();
  let hasQuote = false;
  return function sweepTickers(woken) {
    const { exchange } = reader;
    const cached = step.method === 'watchBidsAsks' ? exchange.bidsasks : exchange.tickers;
    const answered = (woken ?? {}) as TickersBySymbol;
    for (const symbol of symbols) {
      const ticker = answered[symbol] ?? cached[symbol];
      if (ticker === undefined || seen.get(symbol) === ticker) continue;
      seen.set(symbol, ticker);
      if (reader.takeTicker(symbol, ticker)) hasQuote = true;
    }
    if (!hasQuote && seen.size >= Math.min(symbols.length, MIN_TICKERS_COUNT)) {
      throw reader.fault('exchange_not_supported');
    }
  };
}

async function watchEach(reader: Reader, step: WatchStep, signal: AbortSignal): Promise<void> {
  await Promise.all(reader.symbols.map((symbol) => watchSymbol(reader, step, symbol, signal)));
}

/** A market that fails alone is tried again alone. */
async function watchSymbol(
  reader: Reader,
  step: WatchStep,
  symbol: string,
  signal: AbortSignal,
): Promise<void> {
  const { clock, random } = reader.options;
  for (let failuresCount = 1; !signal.aborted; failuresCount += 1) {
    try {
      await followSymbol(reader, step, symbol, signal);
    } catch (error) {
      if (signal.aborted) return;
      const fault = reader.toFault(error);
      if (fault.code !== 'symbol_unknown' && fault.code !== 'exchange_failed') throw fault;
      reader.symbolFailed(symbol, fault);
      await clock.sleep(backoffDelayMs(failuresCount, null, random), signal);
    }
  }
}

async function followSymbol(
  reader: Reader,
  step: WatchStep,
  symbol: string,
  signal: AbortSignal,
): Promise<void> {
  const { exchange } = reader;
  const next = (): Promise<CcxtOrderBook | CcxtTicker> =>
    step.method === 'watchOrderBook'
      ? exchange.watchOrderBook(symbol)
      : exchange.watchTicker(symbol);
  let woken: CcxtOrderBook | CcxtTicker | null = await firstCall(reader, step, signal, next, {
    symbol,
  });
  const mending = createMending(reader);
  while (!signal.aborted) {
    if (woken === null) reader.takeGap(symbol);
    else if (step.yields === 'books') reader.takeBook(symbol, woken);
    else reader.takeTicker(symbol, woken);
    woken = await mending.next(next, () => []);
  }
}
