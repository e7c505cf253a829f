/**
 * A local exchange: real HTTP and WebSocket in a real exchange's wire format, with prices that the test sets and faults
 * that the test injects. Point ccxt at it with `urls`, or the whole service with the variable `EXCHANGE_URLS`.
 */

import { overrideUrls, type UrlOverride } from '../../../src/feed/drivers/ccxt/url-overrides.ts';
import { binanceFormat } from './binance-format.ts';
import { bybitFormat } from './bybit-format.ts';
import type {
  ExchangeAnswer,
  ExchangeFormat,
  ExchangeSession,
  PublishedBook,
  PublishedLevel,
  PublishedMarket,
} from './exchange-format.ts';
import { type Fault, FaultServer, type FaultSocket } from './fault-server.ts';
import { poloniexFormat } from './poloniex-format.ts';

const FORMATS = { binance: binanceFormat, bybit: bybitFormat, poloniex: poloniexFormat } as const;

export type LocalExchangeId = keyof typeof FORMATS;

export interface ExchangeServerOptions {
  /** `BASE/QUOTE`; all are listed from the start, with empty books. */
  readonly symbols: readonly string[];
  /** Digits after the point of every price (default 8) and size (default 8). */
  readonly priceDigits?: number;
  readonly sizeDigits?: number;
  /** Sends every book again after so many milliseconds, with a new time, as a busy market does; default: never. */
  readonly republishIntervalMs?: number;
}

export interface ExchangeServer {
  /** ccxt's id of the exchange that it speaks as. */
  readonly id: LocalExchangeId;
  /** Address of its REST interface. */
  readonly url: string;
  readonly urls: UrlOverride;
  /** Newest last. */
  readonly requests: readonly { readonly path: string; readonly headers: Headers }[];
  readonly socketsCount: number;
  /** Publishes a book to all who subscribed. @throws {RangeError} when the symbol is not listed. */
  setBook(symbol: string, bids: readonly PublishedLevel[], asks: readonly PublishedLevel[]): void;
  /** Loses one update on the way: the next one does not follow what was sent. */
  loseUpdate(symbol: string): void;
  /** Goes on listing the symbol, as one that is not traded. */
  suspend(symbol: string): void;
  /** Null: in good health again. */
  fault(fault: Fault | null): Promise<void>;
  /** Points an exchange of ccxt at this server. */
  configure(exchange: { urls: { api?: unknown } }): void;
  close(): Promise<void>;
}

export function startExchangeServer(
  id: LocalExchangeId,
  options: ExchangeServerOptions,
): ExchangeServer {
  const format: ExchangeFormat = FORMATS[id];
  const books = new Map(options.symbols.map((symbol) => [symbol, toEmptyBook(symbol, options)]));
  const sessions = new Map<FaultSocket, ExchangeSession>();
  const listed = () => [...books.values()];
  const server = new FaultServer({
    answer: (request) => answer(format, request, listed()),
    refuse: (refusal) => toResponse(format.refuse(refusal)),
    open: (socket) => sessions.set(socket, toSession(socket)),
    message: (socket, text) => {
      const session = sessions.get(socket);
      if (session !== undefined) format.receive(JSON.parse(text), session, listed());
    },
    close: (socket) => sessions.delete(socket),
  });
  const bookOf = (symbol: string): PublishedBook => {
    const book = books.get(symbol);
    if (book !== undefined) return book;
    throw new RangeError(`symbol: expected a listed one, got ${symbol}`);
  };
  const setBook: ExchangeServer['setBook'] = (symbol, bids, asks) => {
    const previous = bookOf(symbol);
    const sequence = previous.sequence + 1;
    const next = { market: previous.market, bids, asks, sequence, timeMs: Date.now() };
    books.set(symbol, next);
    for (const session of sessions.values()) format.publish(session, previous, next);
  };
  const republish = () => {
    for (const [symbol, { bids, asks }] of books) setBook(symbol, bids, asks);
  };
  const { republishIntervalMs } = options;
  const timer =
    republishIntervalMs === undefined ? undefined : setInterval(republish, republishIntervalMs);
  const urls = toUrls(server.port, format);
  return {
    id,
    url: urls.rest,
    urls,
    requests: server.requests,
    get socketsCount() {
      return server.socketsCount;
    },
    setBook,
    loseUpdate: (symbol) => {
      const book = bookOf(symbol);
      books.set(symbol, { ...book, sequence: book.sequence + 1 });
    },
    suspend: (symbol) => {
      const book = bookOf(symbol);
      books.set(symbol, { ...book, market: { ...book.market, isSuspended: true } });
    },
    fault: (fault) => server.setFault(fault),
    configure: (exchange) => {
      exchange.urls.api = overrideUrls(exchange.urls.api, urls);
    },
    close: () => {
      clearInterval(timer);
      return server.close();
    },
  };
}

function toUrls(port: number, format: ExchangeFormat): UrlOverride {
  return { rest: `http://127.0.0.1:${port}`, ws: `ws://127.0.0.1:${port}${format.wsPrefix}` };
}

function toEmptyBook(symbol: string, options: ExchangeServerOptions): PublishedBook {
  const [base = '', quote = ''] = symbol.split(/[/:]/);
  const { priceDigits = 8, sizeDigits = 8 } = options;
  const digits = { priceDigits, sizeDigits };
  const market: PublishedMarket = { symbol, base, quote, ...digits, isSuspended: false };
  return { market, bids: [], asks: [], sequence: 1, timeMs: Date.now() };
}

function toSession(socket: FaultSocket): ExchangeSession {
  return {
    path: socket.path,
    subscriptions: new Set(),
    send: (message) => socket.send(JSON.stringify(message)),
  };
}

function answer(
  format: ExchangeFormat,
  request: Request,
  books: readonly PublishedBook[],
): Response {
  const { pathname, searchParams } = new URL(request.url);
  const found = format.answer({ path: pathname, query: searchParams }, books);
  return toResponse(found ?? { status: 404, body: { message: 'not found' } });
}

function toResponse({ status = 200, headers, body }: ExchangeAnswer): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(text, {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}
