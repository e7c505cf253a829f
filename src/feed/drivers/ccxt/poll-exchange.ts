/** Reads an exchange by REST, in rounds, until it fails or is told to stop. */

import { ROOT_CONTEXT } from '@opentelemetry/api';
import { type ErrorCode, isSpreadscopeError } from '../../../domain/errors.ts';
import { callExchange } from './exchange-call.ts';
import type { Reader } from './reader.ts';
import type { TransportStep } from './transport-plan.ts';

export type FetchStep = Extract<TransportStep, { transport: 'rest' }>;

/** With more symbols than this, all markets are asked for: the symbols would not fit into a URL. */
const MAX_SYMBOLS_IN_URL_COUNT = 50;

/** Faults of one market; all others are the exchange's. */
const SYMBOL_FAULTS: readonly ErrorCode[] = [
  'symbol_unknown',
  'exchange_bad_data',
  'exchange_failed',
];

/**
 * Resolves once `signal` aborts. A round begins `pollIntervalMs` after the one before began, or at once when that took
 * longer; ccxt's rate limiter may hold requests back further.
 *
 * @throws {SpreadscopeError} when the exchange fails.
 */
export async function pollExchange(
  reader: Reader,
  step: FetchStep,
  signal: AbortSignal,
): Promise<void> {
  const { clock, times } = reader.options;
  const round = step.scope === 'all' ? pollAll : pollEach;
  try {
    while (!signal.aborted) {
      const startedAtMs = clock.monotonicMs();
      await round(reader, step, signal);
      const tookMs = clock.monotonicMs() - startedAtMs;
      await clock.sleep(Math.max(0, times.pollIntervalMs - tookMs), signal);
    }
  } catch (error) {
    if (!signal.aborted) throw reader.toFault(error);
  }
}

async function pollAll(reader: Reader, step: FetchStep, signal: AbortSignal): Promise<void> {
  const { exchange, symbols } = reader;
  const asked = symbols.length > MAX_SYMBOLS_IN_URL_COUNT ? undefined : symbols;
  await callExchange(reader.options.caller, {
    operation: step.method,
    symbolsCount: symbols.length,
    timeoutMs: reader.options.times.callTimeoutMs,
    signal,
    parent: ROOT_CONTEXT,
    invoke: async () => {
      const isBidsAsks = step.method === 'fetchBidsAsks';
      const tickers = await (isBidsAsks
        ? exchange.fetchBidsAsks(asked)
        : exchange.fetchTickers(asked));
      if (!signal.aborted) reader.takeTickers(tickers);
    },
  });
}

async function pollEach(reader: Reader, step: FetchStep, signal: AbortSignal): Promise<void> {
  for (const symbol of reader.symbols) {
    try {
      await pollBook(reader, step, symbol, signal);
    } catch (error) {
      if (!isSpreadscopeError(error) || !SYMBOL_FAULTS.includes(error.code)) throw error;
      reader.symbolFailed(symbol, error);
    }
  }
}

async function pollBook(
  reader: Reader,
  step: FetchStep,
  symbol: string,
  signal: AbortSignal,
): Promise<void> {
  await callExchange(reader.options.caller, {
    operation: step.method,
    symbol,
    timeoutMs: reader.options.times.callTimeoutMs,
    signal,
    parent: ROOT_CONTEXT,
    invoke: async () => {
      const book = await reader.exchange.fetchOrderBook(symbol);
      if (!signal.aborted) reader.takeBook(symbol, book);
    },
  });
}
