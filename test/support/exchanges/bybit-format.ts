/** Bybit spot: REST v5 and the public WebSocket v5 (Bybit API documentation, "V5 API"). Errors come with status 200. */

import {
  decimal,
  diffLevels,
  type ExchangeAnswer,
  type ExchangeFormat,
  type ExchangeSession,
  field,
  type PublishedBook,
  texts,
  toWireLevels,
} from './exchange-format.ts';

/** Depths of the book topics, levels a side; the first sends snapshots only. */
const TOPIC_LEVELS_COUNTS = [1, 50] as const;

export const bybitFormat: ExchangeFormat = {
  id: 'bybit',
  wsPrefix: '',
  answer({ path, query }, books) {
    if (path === '/v5/market/time') return toEnvelope(0, 'OK', {});
    const category = query.get('category') ?? '';
    if (category !== 'spot' && category !== 'linear') return toList([]);
    return answerFor(
      path,
      query,
      books.filter((book) => categoryOf(book) === category),
    );
  },
  receive(message, session, books) {
    const op = field(message, 'op');
    const id = field(message, 'req_id');
    if (op === 'ping') session.send({ success: true, ret_msg: 'pong', req_id: id, op: 'ping' });
    if (op !== 'subscribe') return;
    const topics = texts(field(message, 'args'));
    for (const topic of topics) session.subscriptions.add(topic);
    session.send({ success: true, ret_msg: 'subscribe', req_id: id, op: 'subscribe' });
    for (const book of books.filter((each) => isOf(session, each))) {
      for (const levelsCount of TOPIC_LEVELS_COUNTS) {
        const isNew = topics.includes(toTopic(book, levelsCount));
        if (isNew) session.send(toSnapshot(book, levelsCount));
      }
    }
  },
  publish(session, previous, next) {
    if (!isOf(session, next)) return;
    if (session.subscriptions.has(toTopic(next, 1))) session.send(toSnapshot(next, 1));
    const topic = toTopic(next, 50);
    if (!session.subscriptions.has(topic)) return;
    const b = toWireLevels(diffLevels(previous.bids, next.bids), next.market);
    const a = toWireLevels(diffLevels(previous.asks, next.asks), next.market);
    const data = { s: toId(next), b, a, u: next.sequence, seq: next.sequence };
    session.send({ topic, type: 'delta', ts: next.timeMs, data });
  },
  refuse(refusal) {
    switch (refusal) {
      case 'rate-limit':
        return toEnvelope(10006, 'Too many visits!', {});
      case 'maintenance':
        return { status: 503, headers: { 'content-type': 'text/html' }, body: '<html></html>' };
      case 'geo-block':
        return { status: 451, headers: { 'content-type': 'text/html' }, body: '<html></html>' };
    }
  },
};

/** What stands under one category: spot, or linear perpetuals (`BASE/QUOTE:QUOTE`). */
function answerFor(
  path: string,
  query: URLSearchParams,
  books: readonly PublishedBook[],
): ExchangeAnswer | null {
  if (path === '/v5/market/instruments-info')
    return toList(books.map(toInstrument), query.get('category') ?? '');
  if (path === '/v5/market/tickers')
    return toList(books.map(toTicker), query.get('category') ?? '');
  if (path !== '/v5/market/orderbook') return null;
  const book = books.find((each) => toId(each) === query.get('symbol'));
  if (book === undefined) return toEnvelope(10001, 'Not supported symbols', {});
  const data = toBookData(book, Number(query.get('limit') ?? 1));
  return toEnvelope(0, 'OK', { ...data, ts: book.timeMs });
}

/** Each category has an address of its own; one name is a symbol of both. */
function isOf({ path }: ExchangeSession, book: PublishedBook): boolean {
  return path.endsWith(`/${categoryOf(book)}`);
}

function categoryOf({ market }: PublishedBook): 'spot' | 'linear' {
  return market.symbol.includes(':') ? 'linear' : 'spot';
}

/** Funding of every perpetual: 0.01 % every four hours, next paid on the hour. */
export const BYBIT_FUNDING = { rate: '0.0001', intervalMinutes: 240, markPrice: '100.5' } as const;

function toId({ market }: PublishedBook): string {
  return `${market.base}${market.quote}`;
}

function toTopic(book: PublishedBook, levelsCount: number): string {
  return `orderbook.${levelsCount}.${toId(book)}`;
}

function toEnvelope(retCode: number, retMsg: string, result: unknown): ExchangeAnswer {
  return { body: { retCode, retMsg, result, retExtInfo: {}, time: Date.now() } };
}

function toList(list: readonly unknown[], category = 'spot'): ExchangeAnswer {
  return toEnvelope(0, 'OK', { category, list });
}

function toInstrument(book: PublishedBook): unknown {
  return categoryOf(book) === 'linear' ? toPerpetual(book) : toSpot(book);
}

/** Sizes of a linear contract are base units. */
function toPerpetual({ market }: PublishedBook): unknown {
  const step = decimal(10 ** -market.sizeDigits, market.sizeDigits);
  return {
    symbol: `${market.base}${market.quote}`,
    contractType: 'LinearPerpetual',
    status: 'Trading',
    ...{ baseCoin: market.base, quoteCoin: market.quote, settleCoin: market.quote },
    ...{ launchTime: '1585526400000', deliveryTime: '0', deliveryFeeRate: '' },
    priceScale: String(market.priceDigits),
    priceFilter: { tickSize: decimal(10 ** -market.priceDigits, market.priceDigits) },
    lotSizeFilter: { qtyStep: step, minOrderQty: step, maxOrderQty: '1000' },
    fundingInterval: BYBIT_FUNDING.intervalMinutes,
  };
}

function toSpot(book: PublishedBook): unknown {
  const { base, quote, priceDigits, sizeDigits } = book.market;
  const step = decimal(10 ** -sizeDigits, sizeDigits);
  return {
    symbol: toId(book),
    baseCoin: base,
    quoteCoin: quote,
    innovation: '0',
    status: book.market.isSuspended ? 'Closed' : 'Trading',
    marginTrading: 'none',
    lotSizeFilter: {
      basePrecision: step,
      quotePrecision: '0.00000001',
      minOrderQty: step,
      maxOrderQty: '9000',
      minOrderAmt: '1',
      maxOrderAmt: '4000000',
    },
    priceFilter: { tickSize: decimal(10 ** -priceDigits, priceDigits) },
  };
}

function toTicker(book: PublishedBook): unknown {
  const [bid] = toWireLevels(book.bids, book.market);
  const [ask] = toWireLevels(book.asks, book.market);
  return {
    symbol: toId(book),
    bid1Price: bid?.[0] ?? '',
    bid1Size: bid?.[1] ?? '',
    ask1Price: ask?.[0] ?? '',
    ask1Size: ask?.[1] ?? '',
    ...(categoryOf(book) === 'linear' ? toFundingFields() : {}),
  };
}

function toFundingFields(): object {
  const { rate, markPrice } = BYBIT_FUNDING;
  const nextFundingTime = String((Math.floor(Date.now() / 3_600_000) + 1) * 3_600_000);
  return {
    fundingRate: rate,
    nextFundingTime,
    markPrice,
    indexPrice: '100',
    openInterest: '5',
    openInterestValue: '500',
  };
}

function toBookData(book: PublishedBook, limit: number) {
  const b = toWireLevels(book.bids, book.market).slice(0, limit);
  const a = toWireLevels(book.asks, book.market).slice(0, limit);
  return { s: toId(book), b, a, u: book.sequence, seq: book.sequence };
}

function toSnapshot(book: PublishedBook, levelsCount: number): unknown {
  const data = toBookData(book, levelsCount);
  return { topic: toTopic(book, levelsCount), type: 'snapshot', ts: book.timeMs, data };
}
