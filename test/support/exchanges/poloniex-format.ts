/** Poloniex spot: REST and the public WebSocket with its `book_lv2` channel (Poloniex API documentation, "Spot API"). */

import {
  diffLevels,
  type ExchangeFormat,
  field,
  type PublishedBook,
  texts,
  toWireLevels,
} from './exchange-format.ts';

/** Levels a side of a `book_lv2` snapshot. */
const SNAPSHOT_LEVELS_COUNT = 20;

export const poloniexFormat: ExchangeFormat = {
  id: 'poloniex',
  wsPrefix: '',
  answer({ path, query }, books) {
    if (path === '/timestamp') return { body: { serverTime: Date.now() } };
    if (path === '/markets') return { body: books.map(toMarketInfo) };
    if (path === '/v2/currencies') return { body: toCurrencies(books) };
    if (path === '/v3/market/allInstruments') return { body: EMPTY_ENVELOPE };
    const id = /^\/markets\/([^/]+)\/orderBook$/.exec(path)?.[1];
    if (id === undefined) return null;
    const book = books.find((each) => toId(each) === id);
    if (book === undefined) {
      return { status: 400, body: { code: 24101, message: 'Invalid symbol' } };
    }
    return { body: toRestBook(book, Number(query.get('limit') ?? 10)) };
  },
  receive(message, session, books) {
    const event = field(message, 'event');
    if (event === 'ping') session.send({ event: 'pong' });
    if (event !== 'subscribe' || !texts(field(message, 'channel')).includes('book_lv2')) return;
    const ids = texts(field(message, 'symbols'));
    session.send({ event, channel: 'book_lv2', symbols: ids });
    for (const book of books.filter((each) => ids.includes(toId(each)))) {
      session.subscriptions.add(toId(book));
      session.send(toSnapshot(book));
    }
  },
  publish(session, previous, next) {
    if (!session.subscriptions.has(toId(next))) return;
    const bids = toWireLevels(diffLevels(previous.bids, next.bids), next.market);
    const asks = toWireLevels(diffLevels(previous.asks, next.asks), next.market);
    session.send(toMessage(next, 'update', bids, asks));
  },
  refuse(refusal) {
    switch (refusal) {
      case 'rate-limit':
        return {
          status: 429,
          headers: { 'retry-after': '1' },
          body: { code: 429, message: 'Too many requests' },
        };
      case 'maintenance':
        return { status: 503, body: { code: 1002, message: 'System maintenance' } };
      case 'geo-block':
        return { status: 403, headers: { 'content-type': 'text/html' }, body: '<html></html>' };
    }
  },
};

const EMPTY_ENVELOPE = { code: '200', msg: 'Success', data: [] };

function toId({ market }: PublishedBook): string {
  return `${market.base}_${market.quote}`;
}

function toMarketInfo(book: PublishedBook): unknown {
  const { base, quote, symbol, priceDigits, sizeDigits } = book.market;
  return {
    symbol: toId(book),
    baseCurrencyName: base,
    quoteCurrencyName: quote,
    displayName: symbol,
    state: book.market.isSuspended ? 'PAUSE' : 'NORMAL',
    visibleStartTime: 1_659_018_816_626,
    tradableStartTime: 1_659_018_816_626,
    symbolTradeLimit: {
      symbol: toId(book),
      priceScale: priceDigits,
      quantityScale: sizeDigits,
      amountScale: 8,
      minQuantity: '0.000001',
      minAmount: '1',
      highestBid: '0',
      lowestAsk: '0',
    },
  };
}

function toCurrencies(books: readonly PublishedBook[]): unknown {
  const coins = new Set(books.flatMap(({ market }) => [market.base, market.quote]));
  return [...coins].map((coin, index) => toPoloniexCurrency(coin, index + 1));
}

/** One entry of `/v2/currencies`. */
export function toPoloniexCurrency(coin: string, id: number): unknown {
  const network = {
    id,
    coin,
    name: coin,
    currencyType: 'address',
    blockchain: coin,
    withdrawalEnable: true,
    depositEnable: true,
    depositAddress: null,
    withdrawMin: '1.00000000',
    decimals: 8,
    withdrawFee: '0.10000000',
    minConfirm: 2,
    contractAddress: null,
  };
  const flags = { delisted: false, tradeEnable: true };
  const support = { supportCollateral: false, supportBorrow: false };
  return { id, coin, ...flags, name: coin, networkList: [network], ...support };
}

function toRestBook(book: PublishedBook, limit: number): unknown {
  const flat = (levels: PublishedBook['bids']) =>
    toWireLevels(levels, book.market).slice(0, limit).flat();
  const time = book.timeMs;
  return { time, scale: '-1', asks: flat(book.asks), bids: flat(book.bids), ts: time };
}

function toSnapshot(book: PublishedBook): unknown {
  const wire = (levels: PublishedBook['bids']) =>
    toWireLevels(levels, book.market).slice(0, SNAPSHOT_LEVELS_COUNT);
  return toMessage(book, 'snapshot', wire(book.bids), wire(book.asks));
}

function toMessage(book: PublishedBook, action: string, bids: unknown, asks: unknown): unknown {
  const { sequence, timeMs } = book;
  const ids = { lastId: sequence - 1, id: sequence, ts: timeMs };
  const data = { symbol: toId(book), createTime: timeMs, asks, bids, ...ids };
  return { channel: 'book_lv2', data: [data], action };
}
