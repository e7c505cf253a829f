import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { CcxtExchange, CcxtOrderBook } from '../../../src/feed/drivers/ccxt/ccxt-types.ts';
import { loadCcxt } from '../../../src/feed/drivers/ccxt/load-ccxt.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import { BTC, ETH, type Harness, startHarness, until } from './harness.ts';

// Waits end when what they wait for happens; this bounds them on a busy machine.
setDefaultTimeout(TEST_TIMEOUT_MS);

const ccxt = await loadCcxt();
let harness: Harness | null = null;

/** ccxt's own exchange, told that it has no WebSocket (and none of `without`). */
function createPolled(id: string, without: readonly string[] = []): CcxtExchange {
  const exchangeClass = ccxt.exchangeClass(id);
  if (exchangeClass === null) throw new RangeError(`exchange: expected a known one, got ${id}`);
  const exchange = new exchangeClass({});
  const off = Object.keys(exchange.has).filter((method) => method.startsWith('watch'));
  return Object.assign(exchange, {
    has: {
      ...exchange.has,
      ...Object.fromEntries([...off, ...without].map((key) => [key, false])),
    },
  });
}

function start(createExchange: (id: string) => CcxtExchange): Harness {
  harness = startHarness({
    feed: { createExchange, bookTimeoutMs: 400, callTimeoutMs: 1_000 },
  });
  for (const server of Object.values(harness.servers)) {
    server.setBook(BTC, [[100, 1]], [[101, 2]]);
    server.setBook(ETH, [[10, 1]], [[11, 1]]);
  }
  return harness;
}

afterEach(async () => {
  await harness?.close();
  harness = null;
});

describe('exchanges without WebSocket', () => {
  test('are polled: quotes of all symbols in one request, or books in turn', async () => {
    const without = (id: string) => (id === 'poloniex' ? ['fetchTickers'] : []);
    const { read, quotes, books, status, servers } = start((id) => createPolled(id, without(id)));
    await read();
    await until('four quotes and two books', () => quotes.size === 4 && books.size === 2);
    for (const id of ['binance', 'bybit']) {
      const expected = { bid: 100, bidSize: 1, ask: 101, askSize: 2 };
      expect(quotes.get(`${id} ${BTC}`)).toMatchObject(expected);
    }
    expect(books.get(`poloniex ${BTC}`)).toMatchObject({ bids: [[100, 1]], asks: [[101, 2]] });
    for (const id of ['binance', 'bybit', 'poloniex']) {
      expect(status(id)).toMatchObject({ transport: 'rest', state: 'live' });
      expect(status(id).roundTripMs).toBeGreaterThan(0);
    }
    const paths = servers.binance.requests.map(({ path }) => path);
    expect(paths).toContain('/api/v3/ticker/bookTicker');

    servers.binance.setBook(BTC, [[99, 1]], [[101, 2]]);
    await until('it follows', () => quotes.get(`binance ${BTC}`)?.bid === 99);
  });

  test('show what is wrong with one market while the others go on', async () => {
    const { read, books, status } = start((id) => {
      const exchange = createPolled(id, ['fetchBidsAsks', 'fetchTickers']);
      if (id === 'bybit') crossOut(exchange, ETH);
      return exchange;
    });
    await read();
    await until('five books', () => books.size === 5);
    await until('it is degraded', () => status('bybit').state === 'degraded');
    expect(status('bybit').reason?.code).toBe('exchange_bad_data');
    expect(books.has(`bybit ${ETH}`)).toBe(false);
  });

  test('take another method when tickers carry no prices', async () => {
    const { read, books, logged } = start((id) => {
      const exchange = createPolled(id, ['fetchBidsAsks']);
      if (id === 'poloniex') return createPolled(id, ['fetchTickers']);
      return Object.assign(exchange, {
        fetchTickers: async () => ({ [BTC]: { symbol: BTC, last: 100 }, [ETH]: { last: 10 } }),
      });
    });
    await read();
    await until('six books', () => books.size === 6);
    expect(logged.map(({ message }) => message)).toContain(
      'bybit: fetchTickers is of no use, another method is taken',
    );
  });

  test.each([
    ['garbage', 'exchange_bad_data'],
    ['hang', 'exchange_timeout'],
    ['rate-limit', 'exchange_rate_limited'],
    ['die', 'exchange_network'],
  ] as const)('that answer with %s are shown as %s and recover', async (fault, code) => {
    const { read, quotes, servers, status } = start((id) => {
      return createPolled(id, id === 'poloniex' ? ['fetchTickers'] : []);
    });
    await read();
    await until('quotes', () => quotes.size === 4);
    await servers.bybit.fault(fault);
    await until('the reason', () => status('bybit').reason?.code === code);
    await servers.bybit.fault(null);
    servers.bybit.setBook(BTC, [[55, 1]], [[56, 1]]);
    await until('it follows again', () => quotes.get(`bybit ${BTC}`)?.bid === 55);
    expect(status('bybit')).toMatchObject({ state: 'live', reason: null });
  });
});

describe('a book on demand', () => {
  test('has the depth that was asked for', async () => {
    const { feed, servers } = start((id) => createPolled(id));
    servers.bybit.setBook(
      BTC,
      [
        [3, 1],
        [2, 1],
        [1, 1],
      ],
      [
        [4, 1],
        [5, 1],
        [6, 1],
      ],
    );
    await feed.loadMarkets(AbortSignal.timeout(5_000));
    const book = await feed.fetchBook('bybit', BTC, 2, AbortSignal.timeout(5_000));
    expect(book).toMatchObject({
      bids: [
        [3, 1],
        [2, 1],
      ],
      asks: [
        [4, 1],
        [5, 1],
      ],
    });
  });

  test('is asked for again without a depth when the exchange refuses the depth, once and for all', async () => {
    const limits: unknown[] = [];
    const { feed } = start((id) => {
      const exchange = createPolled(id);
      const fetchOrderBook = exchange.fetchOrderBook.bind(exchange);
      const refusing = async (symbol: string, limit?: number): Promise<CcxtOrderBook> => {
        limits.push(limit);
        // As ccxt does for exchanges that take 20 or 100 only.
        if (limit !== undefined) throw new BadRequest('limit must be 20 or 100');
        return fetchOrderBook(symbol);
      };
      return Object.assign(exchange, { fetchOrderBook: refusing });
    });
    const {
      default: { BadRequest },
    } = await import('ccxt');
    await feed.loadMarkets(AbortSignal.timeout(5_000));
    for (const _turn of [1, 2]) {
      const book = await feed.fetchBook('bybit', BTC, 7, AbortSignal.timeout(5_000));
      expect(book.bids).toEqual([[100, 1]]);
    }
    expect(limits).toEqual([7, undefined, undefined]);
  });

  test('is given up in time, and with the reason of the caller', async () => {
    const { feed, servers } = start((id) => createPolled(id));
    await feed.loadMarkets(AbortSignal.timeout(5_000));
    await servers.binance.fault('hang');
    const late = feed.fetchBook('binance', BTC, 5, new AbortController().signal);
    await expect(late).rejects.toMatchObject({ code: 'exchange_timeout' });
    const controller = new AbortController();
    const reason = new Error('enough');
    const aborted = feed.fetchBook('binance', BTC, 5, controller.signal);
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
  });

  test('of an exchange without markets says why there is none', async () => {
    const { feed, servers } = start((id) => createPolled(id));
    await servers.binance.fault('geo-block');
    await feed.loadMarkets(AbortSignal.timeout(5_000));
    const book = feed.fetchBook('binance', BTC, 5, new AbortController().signal);
    await expect(book).rejects.toMatchObject({
      code: 'exchange_geo_blocked',
      message: 'binance has no markets yet',
    });
  });
});

function crossOut(exchange: CcxtExchange, symbol: string): void {
  const fetchOrderBook = exchange.fetchOrderBook.bind(exchange);
  Object.assign(exchange, {
    fetchOrderBook: async (asked: string) => {
      const book = await fetchOrderBook(asked);
      return asked === symbol ? { ...book, bids: [['x', 1]] } : book;
    },
  });
}
