import { describe, expect, test } from 'bun:test';
import { createHttpApp } from '../../src/http/app.ts';
import { createExchangeStatus, createHttpWorld } from '../support/http-world.ts';

const SYMBOL = 'BTC/USDT';

function createWorld(env: Readonly<Record<string, string>> = {}) {
  const world = createHttpWorld({ OPEN_EDGE_BPS: '5', ...env });
  world.addQuote({ exchange: 'aster', symbol: SYMBOL, bid: 99.9, ask: 100 });
  world.addQuote({ exchange: 'borea', symbol: SYMBOL, bid: 100.1, ask: 100.2 });
  const app = createHttpApp(world.services);
  const explain = async (query = '') => {
    const response = await app.request(`/api/explain${query}`);
    return { status: response.status, body: await response.json() };
  };
  return { world, explain };
}

describe('/api/explain', () => {
  test('tells the funnel, what is missing and the sentence', async () => {
    const { explain } = createWorld();
    const { status, body } = await explain('?symbol=BTC-USDT');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      source: 'synthetic',
      symbol: SYMBOL,
      symbolsCount: 1,
      omittedSymbolsCount: 0,
      funnel: { marketsCount: 2, usableMarketsCount: 2, pairsCount: 2, openCount: 0 },
      markets: [
        { exchange: 'aster', reason: null, sentence: null },
        { exchange: 'borea', reason: null, sentence: null },
      ],
      symbolsWithoutPair: [],
    });
    expect(body.nearMisses[0]).toMatchObject({
      buyExchange: 'aster',
      sellExchange: 'borea',
      stage: 'fees',
      reason: { code: 'edge_short' },
      sentence: '15.0 bps short; with a taker fee under 2.5 bps it opens',
    });
    const lost = body.funnel.stages.flatMap(({ lost }: { lost: object[] }) => lost);
    expect(lost).toEqual([
      { code: 'no_gross_spread', count: 1 },
      { code: 'edge_short', count: 1 },
    ]);
  });

  test('names the exchange that is too old, suspended by age, or down', async () => {
    const { world, explain } = createWorld();
    await world.clock.advance(6_400);
    world.addQuote({ exchange: 'borea', symbol: SYMBOL, bid: 101, ask: 101.2 });
    world.addMarket('corvus', SYMBOL);
    world.exchanges[2] = {
      ...createExchangeStatus('corvus', 0),
      state: 'down',
      reason: { code: 'exchange_timeout', message: 'no answer' },
    };
    const { body } = await explain('?symbol=BTC%2FUSDT&limit=1');
    expect(body.nearMisses).toMatchObject([
      { missingMs: 1_400, sentence: 'book 1.4 s too old on aster' },
    ]);
    expect(body.markets).toMatchObject([
      { reason: { code: 'quote_stale', ageMs: 6_400, maxAgeMs: 5_000 } },
      { reason: null },
      { reason: { code: 'exchange_down' }, sentence: 'corvus is down: timeout' },
    ]);
  });

  test('looks at all symbols, at most once a second', async () => {
    const { world, explain } = createWorld();
    expect((await explain()).body).toMatchObject({ symbol: null, symbolsCount: 1, markets: [] });
    world.addQuote({ exchange: 'aster', symbol: 'ETH/USDT' });
    await world.clock.advance(999);
    expect((await explain()).body.symbolsCount).toBe(1);
    await world.clock.advance(1);
    const { body } = await explain('?limit=0');
    expect(body).toMatchObject({ symbolsCount: 2, nearMisses: [] });
    expect(body.symbolsWithoutPair).toEqual([
      {
        symbol: 'ETH/USDT',
        reason: { code: 'fewer_than_two_exchanges', exchanges: ['aster'] },
        sentence: 'on aster alone',
      },
    ]);
  });

  test('knows symbols that are not watched, and not those that nobody has', async () => {
    const { world, explain } = createWorld();
    world.unwatched.push({ symbol: 'X/Y', reason: 'over_capacity', exchanges: ['aster'] });
    expect((await explain('?symbol=X-Y')).body.symbolsWithoutPair[0].sentence).toBe(
      'more symbols than MAX_SYMBOLS allows',
    );
    expect(await explain('?symbol=Q-Y')).toMatchObject({
      status: 404,
      body: { code: 'symbol_unknown' },
    });
    expect(await explain('?limit=101')).toMatchObject({ status: 400 });
    expect(await explain('?limit=100')).toMatchObject({ status: 200 });
  });

  test('tells the funnel of cycles, of one symbol and of one route', async () => {
    const { world, explain } = createWorld();
    const add = (symbol: string, bid: number, ask: number) =>
      world.addQuote({ exchange: 'aster', symbol, bid, ask });
    add('ETH/USDT', 10, 10.001);
    add('ETH/BTC', 0.1, 0.10001);
    for (const query of ['', '?symbol=ETH-BTC', '?symbol=BTC%3EETH%3EUSDT']) {
      const { status, body } = await explain(query);
      expect(status).toBe(200);
      expect(body.cycles).toMatchObject({ maxLegs: 4, openCount: 0, isComplete: true });
      expect(body.cycles.cyclesCount).toBe(query.includes('%3E') ? 1 : 2);
      const cycle = body.nearMisses.find(({ kind }: { kind: string }) => kind === 'cycle');
      expect(cycle.symbol).toMatch(/^BTC>(ETH>USDT|USDT>ETH)$/);
      expect(cycle.legs).toHaveLength(3);
    }
    expect((await explain('?symbol=BTC%3EETH%3EXRP')).status).toBe(404);
    expect((await explain('?symbol=BTC%3EETH')).status).toBe(400);
  });
});
