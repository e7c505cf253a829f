import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { systemClock } from '../../../src/domain/clock.ts';
import type { Funding } from '../../../src/domain/funding.ts';
import type { Quote } from '../../../src/domain/quote.ts';
import { createRemoteFeed } from '../../../src/feed/drivers/remote/remote-feed.ts';
import { createSyntheticFeed } from '../../../src/feed/drivers/synthetic/synthetic-feed.ts';
import type { Feed } from '../../../src/feed/feed.ts';
import { createPropagator } from '../../../src/telemetry/propagate/propagator.ts';
import { createHandFeed, type HandFeed } from '../../support/hand-feed.ts';
import {
  MARKET_TOKEN,
  type MarketServiceRig,
  startMarketService,
} from '../../support/market-service.ts';
import { market } from '../../support/markets.ts';
import { network } from '../../support/networks.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import { createSpanRecorder } from '../../support/span-recorder.ts';
import { untilTrue } from '../../support/until-true.ts';
import { createLogMemory } from '../ccxt/harness.ts';
import { describeFeedContract } from '../feed-contract.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const never = () => new AbortController().signal;
const SHAPE = { seed: 3, exchangesCount: 3, symbolsCount: 4, updatesPerSecond: 2_000 };
/** In both of two shards. */
const SYMBOLS = ['BTC/USD', 'ETH/USD', 'XRP/USD', 'LTC/USD', 'DOT/USD', 'UNI/USD'];
const MARKETS = ['kraken', 'okx'].flatMap((exchange) =>
  SYMBOLS.map((symbol) => market(exchange, symbol)),
);

function connect(url: string, options: Partial<Parameters<typeof createRemoteFeed>[0]> = {}) {
  const spans = createSpanRecorder();
  const logs = createLogMemory();
  const feed = createRemoteFeed({
    ...{ url, token: MARKET_TOKEN, clock: systemClock, random: () => 0.5 },
    ...{ tracer: spans.tracer, propagator: createPropagator(), logger: logs.logger },
    ...options,
  });
  return { feed, spans, logs: logs.lines };
}

describeFeedContract('the remote feed', {
  createHarness: async () => {
    const service = startMarketService(createSyntheticFeed({ ...SHAPE, clock: systemClock }));
    const { feed } = connect(service.url);
    return { feed, produce: async () => undefined, dispose: service.stop };
  },
});

describe('the remote feed', () => {
  let service: MarketServiceRig;
  let source: HandFeed;
  const opened: Feed[] = [];

  const start = async (options: Parameters<typeof connect>[1] = {}) => {
    source = createHandFeed(MARKETS);
    service = startMarketService(source);
    const rig = connect(service.url, options);
    opened.push(rig.feed);
    const quotes = new Map<string, Quote>();
    await rig.feed.loadMarkets(never());
    const links: number[] = [];
    const fundings: Funding[] = [];
    void (async () => {
      for await (const batch of rig.feed.batches(never())) {
        links.push(batch.origins?.length ?? 0);
        fundings.push(...(batch.funding ?? []));
        for (const quote of batch.quotes) quotes.set(`${quote.exchange} ${quote.symbol}`, quote);
      }
    })();
    const bidOf = (exchange: string, symbol: string) => quotes.get(`${exchange} ${symbol}`)?.bid;
    return { ...rig, quotes, links, fundings, bidOf };
  };
  const streams = () => service.requests.filter(({ path }) => path.includes('/stream'));

  afterEach(async () => {
    for (const feed of opened.splice(0)) await feed.close();
    await service.stop();
  });

  test('passes on what the service says of its source, its markets and its exchanges', async () => {
    const { feed } = await start();
    expect(feed.source).toBe('synthetic');
    const { markets, maxLevelsCount } = await feed.loadMarkets(never());
    expect(markets).toEqual(MARKETS);
    expect(maxLevelsCount).toBe(10);
    await untilTrue('the exchanges are known', () => feed.exchanges().length === 2);
    source.setState('okx', 'down');
    await untilTrue('okx is down', () => feed.exchanges()[1]?.state === 'down');
    expect(feed.exchanges()[1]?.reason).toEqual({
      code: 'exchange_network',
      message: 'told to be down',
    });
  });

  test('has the networks that the service knows, the same array until they change', async () => {
    const { feed } = await start();
    expect(feed.networks?.()).toEqual([]);
    const networks = [network('kraken', 'BTC', 'BTC', { isDepositEnabled: null, transferMs: 5 })];
    source.setNetworks(networks);
    await untilTrue('they have come', () => feed.networks?.().length === 1);
    expect(feed.networks?.()).toEqual(networks);
    expect(feed.networks?.()).toBe(feed.networks?.() ?? []);
    source.setNetworks([]);
    await untilTrue('they are gone', () => feed.networks?.().length === 0);
  });

  test('announces markets that come later', async () => {
    const { feed } = await start();
    let announcedCount = 0;
    feed.onMarkets(({ markets }) => {
      announcedCount = markets.length;
    });
    source.setMarkets([...MARKETS, market('kraken', 'NEW/USD')]);
    await untilTrue('the new market is announced', () => announcedCount === MARKETS.length + 1);
  });

  test('gets the newest state first, then every change, each message in one trace with its sender', async () => {
    source = createHandFeed(MARKETS);
    const { bidOf, spans, links } = await start();
    source.quote('kraken', 'BTC/USD', 100, 101);
    source.quote('okx', 'BTC/USD', 90, 91);
    await untilTrue('both came', () => bidOf('kraken', 'BTC/USD') === 100);
    source.quote('kraken', 'BTC/USD', 102, 103);
    await untilTrue('the change came', () => bidOf('kraken', 'BTC/USD') === 102);
    expect(bidOf('okx', 'BTC/USD')).toBe(90);
    const taken = spans.spans().filter(({ name }) => name === 'process quotes');
    expect(taken.length).toBeGreaterThanOrEqual(2);
    expect(links.some((count) => count > 0)).toBe(true);
    for (const { parentSpanContext, kind } of taken) {
      expect(kind).toBe(4);
      const trace = service.telemetry.recentTraces.get(parentSpanContext?.traceId ?? '');
      expect(trace?.spans[0]?.name).toBe('send quotes');
      expect(trace?.spans[0]?.spanContext().spanId).toBe(parentSpanContext?.spanId ?? '');
    }
  });

  test('passes on funding', async () => {
    const { fundings } = await start();
    const funding = {
      ...{ exchange: 'okx', symbol: 'BTC/USD', rateRatio: -0.0001, intervalMs: 28_800_000 },
      ...{ nextFundingAtMs: 1.8e12, markPriceInQuote: 100.5, indexPriceInQuote: null },
      ...{ exchangeTimeMs: null, receivedAtMs: Date.now() - 5 },
    };
    source.fund(funding);
    await untilTrue('the funding came', () => fundings.length === 1);
    expect(fundings).toEqual([funding]);
  });

  test('goes on after a short break from where it was, without anybody noticing', async () => {
    const { feed, bidOf } = await start();
    source.quote('kraken', 'BTC/USD', 100, 101);
    await untilTrue('it came', () => bidOf('kraken', 'BTC/USD') === 100);
    await service.go();
    source.quote('kraken', 'ETH/USD', 10, 11);
    service.come();
    await untilTrue('what changed meanwhile came', () => bidOf('kraken', 'ETH/USD') === 10);
    expect(feed.exchanges().map(({ state }) => state)).toEqual(['live', 'live']);
    expect(streams().at(-1)?.lastEventId).toMatch(/^\d+-1$/);
  });

  test('shows all exchanges as down in a longer break, and begins anew after it', async () => {
    const { feed, bidOf, quotes, logs } = await start();
    source.quote('kraken', 'BTC/USD', 100, 101);
    await untilTrue('it came', () => bidOf('kraken', 'BTC/USD') === 100);
    await service.go();
    await untilTrue('all are down', () => feed.exchanges().every(({ state }) => state === 'down'));
    const [status] = feed.exchanges();
    expect(status?.reason?.code).toBe('feed_unavailable');
    expect(status?.reason?.message).toContain('127.0.0.1');
    expect(status?.retryAtMs).toBeGreaterThan(0);
    quotes.clear();
    service.come();
    await untilTrue('the old state comes again', () => bidOf('kraken', 'BTC/USD') === 100);
    expect(streams().at(-1)?.lastEventId).toBeNull();
    expect(feed.exchanges().map(({ state }) => state)).toEqual(['live', 'live']);
    expect(logs.filter(({ level }) => level === 'warn').length).toBeGreaterThan(0);
    expect(logs.at(-1)?.message).toContain('can be read again');
  });

  test('counts what was replaced while it was away', async () => {
    const { feed, bidOf } = await start();
    source.quote('kraken', 'BTC/USD', 100, 101);
    await untilTrue('it came', () => bidOf('kraken', 'BTC/USD') === 100);
    await service.go();
    for (const bid of [101, 102, 103]) {
      source.quote('kraken', 'BTC/USD', bid, bid + 1);
      await Bun.sleep(5);
    }
    service.come();
    await untilTrue('the newest came', () => bidOf('kraken', 'BTC/USD') === 103);
    expect(feed.exchanges()[0]?.skippedCount).toBe(2);
  });

  test('begins anew when a message is missing or not understood', async () => {
    const { logs, bidOf } = await start({ random: () => 0.02 });
    source.quote('kraken', 'BTC/USD', 100, 101);
    await untilTrue('it came', () => bidOf('kraken', 'BTC/USD') === 100);
    const head = 'event: updates\nid: 1-9\ndata: ';
    const bodies = ['{"atMs":1,"after":"1-8","updates":[]}', 'nonsense'];
    for (const body of bodies) {
      service.setFault(() => {
        const { path = '' } = service.requests.at(-1) ?? {};
        if (path.includes('clock')) return Response.json({ atMs: Date.now() });
        return new Response(`${head}${body}\n\n`, {
          headers: { 'content-type': 'text/event-stream' },
        });
      });
      const seenCount = service.requests.length;
      await service.go();
      service.come();
      await untilTrue('it was answered so', () => service.requests.length > seenCount + 8);
    }
    expect(logs.some(({ message }) => message.includes('a message is missing'))).toBe(true);
    expect(logs.some(({ message }) => message.includes('event updates'))).toBe(true);
    service.setFault(null);
    source.quote('kraken', 'BTC/USD', 105, 106);
    await untilTrue('it reads again', () => bidOf('kraken', 'BTC/USD') === 105);
    expect(streams().at(-1)?.lastEventId).toBeNull();
  });

  test('asks for its parts of the symbols only, anew when they change', async () => {
    let owned: readonly number[] = [];
    let tell: () => void = () => undefined;
    const shards = {
      count: 2,
      owned: () => owned,
      onChange: (listener: () => void) => {
        tell = listener;
        return () => undefined;
      },
    };
    const { feed, quotes } = await start({ shards });
    expect((await feed.loadMarkets(never())).markets).toEqual([]);
    let announced: readonly string[] = [];
    feed.onMarkets(({ markets }) => {
      announced = markets.map(({ symbol }) => symbol);
    });
    for (const symbol of SYMBOLS) source.quote('okx', symbol, 5, 6);
    owned = [0];
    tell();
    await untilTrue('some are announced', () => announced.length > 0);
    const first = new Set(announced);
    expect(first.size).toBeLessThan(SYMBOLS.length);
    await untilTrue('their quotes came', () => quotes.size === first.size);
    owned = [0, 1];
    tell();
    await untilTrue('all are announced', () => new Set(announced).size === SYMBOLS.length);
    await untilTrue('all quotes came', () => quotes.size === SYMBOLS.length);
    expect(feed.exchanges().every(({ state }) => state === 'live')).toBe(true);
  });

  test('turns times of the service into times of its own clock', async () => {
    const { quotes, feed } = await start({
      clock: { ...systemClock, nowMs: () => Date.now() - 3_600_000 },
    });
    source.quote('kraken', 'BTC/USD', 100, 101);
    await untilTrue('it came', () => quotes.size === 1);
    const [quote] = quotes.values();
    expect(Math.abs((quote?.receivedAtMs ?? 0) - (Date.now() - 3_600_000))).toBeLessThan(1_000);
    expect(feed.exchanges()[0]?.lastUpdateAtMs).toBe(quote?.receivedAtMs ?? 0);
  });
});

describe('a remote feed that cannot be read', () => {
  const codeOf = async (feed: Feed) => {
    try {
      await feed.loadMarkets(never());
      return 'no error';
    } catch (error) {
      return error as Error & { readonly code: string };
    } finally {
      await feed.close();
    }
  };

  test('says that nobody answers, without the secret', async () => {
    const error = await codeOf(connect('http://user:hunter2@127.0.0.1:9').feed);
    expect(error).toMatchObject({ code: 'feed_unavailable' });
    expect(String(error)).not.toContain('hunter2');
    expect(String(error)).not.toContain(MARKET_TOKEN);
  });

  test('says that the secret is wrong, and that the service is none', async () => {
    const service = startMarketService(createHandFeed(MARKETS));
    const wrong = connect(service.url, { token: 'another-secret-of-16' }).feed;
    expect(await codeOf(wrong)).toMatchObject({
      code: 'feed_refused',
      message: expect.stringContaining('MARKET_TOKEN'),
    });
    service.setFault(() => new Response('<html>', { status: 404 }));
    expect(await codeOf(connect(service.url).feed)).toMatchObject({
      code: 'feed_refused',
      message: expect.stringContaining('MARKET_URL'),
    });
    service.setFault(() => new Response('down', { status: 503 }));
    expect(await codeOf(connect(service.url).feed)).toMatchObject({ code: 'feed_unavailable' });
    await service.stop();
  });

  test('is told from one that is silent: no heartbeat comes any more', async () => {
    const service = startMarketService(createHandFeed(MARKETS));
    const { feed, logs } = connect(service.url, { random: () => 0.02 });
    service.setFault(() => {
      const { path = '' } = service.requests.at(-1) ?? {};
      if (path.includes('clock')) return Response.json({ atMs: Date.now() });
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new Uint8Array([10])),
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    });
    const error: unknown = await feed.loadMarkets(never()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'feed_unavailable',
      message: expect.stringContaining('silent for 6000 ms'),
    });
    expect(logs.length).toBe(1);
    await feed.close();
    service.setFault(null);
    await service.stop();
  });

  test('ends its wait when the caller does', async () => {
    const service = startMarketService(createHandFeed(MARKETS));
    service.setFault(() => new Promise<Response>(() => undefined));
    const { feed } = connect(service.url);
    const abort = new AbortController();
    const loading = feed.loadMarkets(abort.signal);
    abort.abort(new Error('enough'));
    await expect(loading).rejects.toThrow('enough');
    await feed.close();
    service.setFault(null);
    await service.stop();
  });
});
