/** Beside the engine: a consumer that does nothing, and how it is commonly done. */

import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { systemClock } from '../../src/domain/clock.ts';
import { createConflatingQueue } from '../../src/feed/conflation.ts';
import type { LatencySystem, OnSpread } from './systems.ts';
import { type BookMessage, SYMBOLS, TAKER_BPS } from './workload.ts';

/** The same queue, emptied by a consumer that only looks whether a message opens a spread. */
export function createFloorSystem(onSpread: OnSpread): LatencySystem {
  const queue = createConflatingQueue(systemClock);
  const stop = new AbortController();
  const listen = async () => {
    for await (const { books } of queue.batches(stop.signal)) {
      for (const { symbol } of books) onSpread(symbol);
    }
  };
  const listening = listen();
  return {
    name: 'consumer that does nothing',
    role: 'floor',
    deliver: (text) => {
      const message: BookMessage = JSON.parse(text);
      queue.pushBook({ ...message, exchangeTimeMs: null, receivedAtMs: systemClock.nowMs() });
    },
    spans: () => null,
    close: async () => {
      stop.abort();
      await listening;
    },
  };
}

type Books = Map<string, Map<string, BookMessage>>;

const FEE = TAKER_BPS / 10_000;
const MIN_EDGE_RATIO = 1e-4;

/**
 * Message by message, on maps of objects: every pair of the symbol, every triangle through it, a span of the official
 * SDK for each message. It looks at the top of the books only.
 */
export function createNaiveSystem(otlpUrl: string, onSpread: OnSpread): LatencySystem {
  const exporter = new OTLPTraceExporter({ url: `${otlpUrl}/v1/traces` });
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  const tracer = provider.getTracer('bench');
  const books: Books = new Map();
  const open = new Set<string>();
  return {
    name: 'maps of objects, official SDK, a message at a time',
    role: 'peer',
    deliver: (text) => {
      const message: BookMessage = JSON.parse(text);
      const isFound = traced(tracer, message, () => take(books, message));
      if (isFound && !open.has(message.symbol)) onSpread(message.symbol);
      if (isFound) open.add(message.symbol);
      else open.delete(message.symbol);
    },
    spans: () => null,
    close: () => provider.shutdown(),
  };
}

function traced(tracer: Tracer, { symbol, exchange }: BookMessage, run: () => boolean): boolean {
  return tracer.startActiveSpan('detect', { attributes: { symbol, exchange } }, (span) => {
    const isFound = run();
    span.setAttribute('found', isFound);
    span.end();
    return isFound;
  });
}

function take(books: Books, message: BookMessage): boolean {
  const row = books.get(message.symbol) ?? new Map<string, BookMessage>();
  row.set(message.exchange, message);
  books.set(message.symbol, row);
  const hasPair = hasEdge(row);
  return hasCycle(books, message) || hasPair;
}

function hasEdge(row: ReadonlyMap<string, BookMessage>): boolean {
  let isFound = false;
  for (const buy of row.values()) {
    for (const sell of row.values()) {
      const ask = (buy.asks[0]?.[0] ?? Number.NaN) * (1 + FEE);
      const bid = (sell.bids[0]?.[0] ?? Number.NaN) * (1 - FEE);
      if (buy !== sell && bid / ask - 1 > MIN_EDGE_RATIO) isFound = true;
    }
  }
  return isFound;
}

const ASSETS = [...new Set(SYMBOLS.flatMap(({ base, quote }) => [base, quote]))];

/** Triangles through the symbol's two assets. */
function hasCycle(books: Books, { symbol }: BookMessage): boolean {
  const [base = '', quote = ''] = symbol.split('/');
  let isFound = false;
  for (const third of ASSETS) {
    for (const [from, to] of [
      [base, quote],
      [quote, base],
    ] as const) {
      const product =
        rateOf(books, from, to) * rateOf(books, to, third) * rateOf(books, third, from);
      if (product - 1 > MIN_EDGE_RATIO) isFound = true;
    }
  }
  return isFound;
}

/** Best rate over the exchanges; 0 without a market. */
function rateOf(books: Books, from: string, to: string): number {
  let best = 0;
  for (const { bids } of books.get(`${from}/${to}`)?.values() ?? []) {
    best = Math.max(best, (bids[0]?.[0] ?? 0) * (1 - FEE));
  }
  for (const { asks } of books.get(`${to}/${from}`)?.values() ?? []) {
    best = Math.max(best, 1 / ((asks[0]?.[0] ?? Number.POSITIVE_INFINITY) * (1 + FEE)));
  }
  return best;
}
