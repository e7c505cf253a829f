/** The work that is done under every mode of a telemetry layer: small enough that its spans show, the same everywhere. */

import { ROOT_CONTEXT, SpanKind, type Tracer, trace } from '@opentelemetry/api';

/** Spans of one operation. */
export const SPANS_PER_OPERATION = 3;

/** A message of an exchange, as it comes in and as it goes on. */
const MESSAGE = JSON.stringify({
  exchange: 'binance',
  symbol: 'BTC/USDT',
  bids: Array.from({ length: 20 }, (_, level) => [64_000 - level * 0.5, 0.25 + level / 100]),
  asks: Array.from({ length: 20 }, (_, level) => [64_001 + level * 0.5, 0.25 + level / 100]),
});

interface Book {
  readonly exchange: string;
  readonly symbol: string;
  readonly bids: readonly (readonly [number, number])[];
  readonly asks: readonly (readonly [number, number])[];
}

/** Does `count` operations with `tracer`. @returns a sum that any two tracers have in common. */
export function runOperations(tracer: Tracer, count: number): number {
  let sum = 0;
  for (let number = 0; number < count; number += 1) sum += runOperation(tracer, number);
  return sum;
}

/** A request that reads a book, and asks a database how it was before. */
function runOperation(tracer: Tracer, number: number): number {
  const attributes = { 'http.request.method': 'GET', 'http.route': '/api/depth/:symbol' };
  const root = tracer.startSpan(
    'GET /api/depth/:symbol',
    { kind: SpanKind.SERVER, attributes },
    ROOT_CONTEXT,
  );
  const context = trace.setSpan(ROOT_CONTEXT, root);
  const reading = tracer.startSpan('arbitrage.read_book', {}, context);
  const book = JSON.parse(MESSAGE) as Book;
  reading.setAttribute('exchange.name', book.exchange);
  reading.setAttribute('crypto.symbol', book.symbol);
  reading.setAttribute('crypto.record_count', book.bids.length + book.asks.length);
  reading.end();
  const options = {
    kind: SpanKind.CLIENT,
    attributes: {
      'db.system': 'postgresql',
      'db.query.text': 'SELECT edge FROM opportunities WHERE symbol = ? LIMIT 10',
      'db.operation.name': 'SELECT',
    },
  };
  tracer.startSpan('SELECT opportunities', options, context).end();
  root.setAttribute('http.response.status_code', 200);
  root.end();
  return sizeOf(book.bids) + sizeOf(book.asks) + number;
}

function sizeOf(levels: Book['bids']): number {
  let size = 0;
  for (const [price, amount] of levels) size += price * amount;
  return size;
}
