/** Binance spot: REST v3 and the raw WebSocket streams (Binance API documentation, "Web Socket Streams"). */

import {
  decimal,
  diffLevels,
  type ExchangeFormat,
  field,
  type PublishedBook,
  texts,
  toWireLevels,
} from './exchange-format.ts';

export const binanceFormat: ExchangeFormat = {
  id: 'binance',
  // ccxt takes an address without `/stream` for one of futures.
  wsPrefix: '/stream',
  answer({ path, query }, books) {
    if (path === '/api/v3/time') return { body: { serverTime: Date.now() } };
    if (path === '/api/v3/exchangeInfo') return { body: { symbols: books.map(toSymbolInfo) } };
    if (path === '/api/v3/ticker/bookTicker') return { body: books.map(toBookTicker) };
    if (path !== '/api/v3/depth') return null;
    const book = books.find((each) => toId(each) === query.get('symbol'));
    if (book === undefined) {
      return { status: 400, body: { code: -1121, msg: 'Invalid symbol.' } };
    }
    return { body: toDepth(book, Number(query.get('limit') ?? 100)) };
  },
  receive(message, session, books) {
    if (field(message, 'method') !== 'SUBSCRIBE') return;
    const streams = texts(field(message, 'params'));
    for (const stream of streams) session.subscriptions.add(stream);
    session.send({ result: null, id: field(message, 'id') });
    for (const book of books) {
      if (session.subscriptions.has(tickerStream(book))) session.send(toBookTicker(book));
    }
  },
  publish(session, previous, next) {
    if (session.subscriptions.has(tickerStream(next))) session.send(toBookTicker(next));
    if (session.subscriptions.has(`${toId(next).toLowerCase()}@depth@100ms`)) {
      session.send(toDepthUpdate(previous, next));
    }
  },
  refuse(refusal) {
    switch (refusal) {
      case 'rate-limit':
        return {
          status: 429,
          headers: { 'retry-after': '1' },
          body: { code: -1003, msg: 'Too much request weight used.' },
        };
      case 'maintenance':
        return { status: 503, body: { code: 1, msg: 'System is under maintenance.' } };
      case 'geo-block':
        return { status: 451, body: { code: 0, msg: 'Service unavailable here.' } };
    }
  },
};

function toId({ market }: PublishedBook): string {
  return `${market.base}${market.quote}`;
}

function tickerStream(book: PublishedBook): string {
  return `${toId(book).toLowerCase()}@bookTicker`;
}

function toSymbolInfo(book: PublishedBook): unknown {
  const { base, quote, priceDigits, sizeDigits } = book.market;
  const step = decimal(10 ** -sizeDigits, sizeDigits);
  return {
    symbol: toId(book),
    status: book.market.isSuspended ? 'BREAK' : 'TRADING',
    baseAsset: base,
    baseAssetPrecision: 8,
    quoteAsset: quote,
    quotePrecision: 8,
    permissions: ['SPOT'],
    filters: [
      { filterType: 'PRICE_FILTER', tickSize: decimal(10 ** -priceDigits, priceDigits) },
      { filterType: 'LOT_SIZE', minQty: step, maxQty: '9000.00000000', stepSize: step },
      { filterType: 'NOTIONAL', minNotional: '5.00000000' },
    ],
  };
}

function toBookTicker(book: PublishedBook): unknown {
  const [bid] = toWireLevels(book.bids, book.market);
  const [ask] = toWireLevels(book.asks, book.market);
  const rest = { symbol: toId(book), bidPrice: bid?.[0], bidQty: bid?.[1] };
  const stream = { u: book.sequence, s: toId(book), b: bid?.[0], B: bid?.[1] };
  return { ...rest, askPrice: ask?.[0], askQty: ask?.[1], ...stream, a: ask?.[0], A: ask?.[1] };
}

function toDepth(book: PublishedBook, limit: number): unknown {
  return {
    lastUpdateId: book.sequence,
    bids: toWireLevels(book.bids, book.market).slice(0, limit),
    asks: toWireLevels(book.asks, book.market).slice(0, limit),
  };
}

function toDepthUpdate(previous: PublishedBook, next: PublishedBook): unknown {
  return {
    e: 'depthUpdate',
    E: next.timeMs,
    s: toId(next),
    U: previous.sequence + 1,
    u: next.sequence,
    b: toWireLevels(diffLevels(previous.bids, next.bids), next.market),
    a: toWireLevels(diffLevels(previous.asks, next.asks), next.market),
  };
}
