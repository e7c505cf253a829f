/** Depth on demand, through the market-data service: in one trace from the detector to the exchange. */

import { context, type TextMapPropagator, type Tracer } from '@opentelemetry/api';
import type { Book } from '../../../domain/book.ts';
import { type ErrorCode, SpreadscopeError } from '../../../domain/errors.ts';
import { ATTR, SPAN } from '../../../telemetry/names.ts';
import { recordSetter } from '../../../telemetry/propagate/carriers.ts';
import { withClientSpan } from '../../../telemetry/spans.ts';
import { isJsonRecord, readText } from '../../recording/fields.ts';
import { parseRecordingRecord } from '../../recording/parse-line.ts';
import { type MarketService, unavailable } from './market-service.ts';

interface RemoteBookParts {
  readonly service: MarketService;
  readonly tracer: Tracer;
  readonly propagator: TextMapPropagator;
}

interface WantedBook {
  readonly exchange: string;
  readonly symbol: string;
  readonly levelsCount: number;
  readonly signal: AbortSignal;
}

/** An exchange gets five seconds; the way to the service and back some more. */
const BOOK_TIMEOUT_MS = 7_000;

/** @throws {SpreadscopeError} with the exchange's own code; `feed_unavailable` when the service does not answer. */
export function fetchRemoteBook(parts: RemoteBookParts, wanted: WantedBook): Promise<Book> {
  const { service, tracer, propagator } = parts;
  const { exchange, symbol, levelsCount, signal } = wanted;
  const attributes = {
    [ATTR.exchangeName]: exchange,
    [ATTR.exchangeOperation]: 'fetchOrderBook',
    [ATTR.symbol]: symbol,
    [ATTR.serverAddress]: service.host,
    [ATTR.httpRequestMethod]: 'GET',
  };
  const query = new URLSearchParams({ exchange, symbol, levels: String(levelsCount) });
  return withClientSpan(tracer, SPAN.exchangeCall, { attributes }, async () => {
    const headers: Record<string, string> = {};
    // The service is ours: it may know the trace, whatever hosts outside may.
    propagator.inject(context.active(), headers, recordSetter);
    const wait = { signal, timeoutMs: BOOK_TIMEOUT_MS };
    const response = await service.get(`/api/quotes/book?${query}`, headers, wait);
    return toBook(await readJson(response, service.host));
  });
}

async function readJson(response: Response, host: string): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw unavailable(`market-data service ${host}: an answer broke off`, cause);
  }
}

function toBook(answer: unknown): Book {
  const { book, reason } = isJsonRecord(answer) ? answer : {};
  const line = isJsonRecord(book) ? parseRecordingRecord(book) : null;
  if (line?.type === 'book') return line.book;
  if (!isJsonRecord(reason)) {
    throw new SpreadscopeError('feed_failed', 'book: expected a book or a reason, got neither');
  }
  throw new SpreadscopeError(readText(reason, 'code') as ErrorCode, readText(reason, 'message'));
}
