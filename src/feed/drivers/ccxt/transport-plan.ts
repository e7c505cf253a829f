/** Which of ccxt's methods reads an exchange: the best that its `has` offers first, what remains as a way out after it. */

import type { FeedTransport } from '../../feed.ts';
import type { CcxtHas } from './ccxt-types.ts';

/** One way to read an exchange. `all`: one call for all symbols; `each`: one call per symbol. */
export type TransportStep =
  | WatchStep<'watchOrderBookForSymbols', 'all', 'books'>
  | WatchStep<'watchOrderBook', 'each', 'books'>
  | WatchStep<'watchBidsAsks', 'all', 'quotes'>
  | WatchStep<'watchTickers', 'all', 'quotes'>
  | WatchStep<'watchTicker', 'each', 'quotes'>
  | FetchStep<'fetchBidsAsks', 'all', 'quotes'>
  | FetchStep<'fetchTickers', 'all', 'quotes'>
  | FetchStep<'fetchOrderBook', 'each', 'books'>;

interface Step<Transport extends FeedTransport, Method, Scope, Yields> {
  readonly transport: Transport;
  readonly method: Method;
  readonly scope: Scope;
  readonly yields: Yields;
}
type WatchStep<Method, Scope, Yields> = Step<'websocket', Method, Scope, Yields>;
type FetchStep<Method, Scope, Yields> = Step<'rest', Method, Scope, Yields>;

/** Depth confirms an edge without a request more, so books come first while they are few. */
const BOOK_STREAMS: readonly TransportStep[] = [
  { transport: 'websocket', method: 'watchOrderBookForSymbols', scope: 'all', yields: 'books' },
  { transport: 'websocket', method: 'watchOrderBook', scope: 'each', yields: 'books' },
];

const QUOTE_STREAMS: readonly TransportStep[] = [
  { transport: 'websocket', method: 'watchBidsAsks', scope: 'all', yields: 'quotes' },
  { transport: 'websocket', method: 'watchTickers', scope: 'all', yields: 'quotes' },
  { transport: 'websocket', method: 'watchTicker', scope: 'each', yields: 'quotes' },
];

/** One request for all symbols before one request per symbol: rate limits count requests. */
const POLLS: readonly TransportStep[] = [
  { transport: 'rest', method: 'fetchBidsAsks', scope: 'all', yields: 'quotes' },
  { transport: 'rest', method: 'fetchTickers', scope: 'all', yields: 'quotes' },
  { transport: 'rest', method: 'fetchOrderBook', scope: 'each', yields: 'books' },
];

/**
 * The steps an exchange can do, best first. Only `true` in `has` counts.
 *
 * @param maxBookStreamsCount - with more symbols than this, quotes are streamed before books.
 */
export function toTransportPlan(
  has: CcxtHas,
  symbolsCount: number,
  maxBookStreamsCount: number,
): readonly TransportStep[] {
  const streams =
    symbolsCount <= maxBookStreamsCount
      ? [...BOOK_STREAMS, ...QUOTE_STREAMS]
      : [...QUOTE_STREAMS, ...BOOK_STREAMS];
  return [...streams, ...POLLS].filter((step) => has[step.method] === true);
}
