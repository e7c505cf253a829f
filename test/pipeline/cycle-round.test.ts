import { describe, expect, test } from 'bun:test';
import type { DetectionSettings } from '../../src/detect/settings.ts';
import { SpreadscopeError } from '../../src/domain/errors.ts';
import type { Market } from '../../src/domain/market.ts';
import type { OpportunityEvent } from '../../src/domain/opportunity.ts';
import type { FeedBatch } from '../../src/feed/feed.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createEngine } from '../../src/pipeline/engine.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import { type CreateCycleKernel, createWasmCycles } from '../support/cycle-kernels.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createListFeed, type ListFeedOptions } from '../support/list-feed.ts';
import { book, market, quote, START_MS } from '../support/markets.ts';
import { ANY_PROFIT } from '../support/settings.ts';
import { createSpanRecorder } from '../support/span-recorder.ts';

const MARKETS: readonly Market[] = [
  market('a', 'ADA/BTC'),
  market('a', 'BTC/USDT'),
  market('a', 'ADA/USDT'),
  market('b', 'ADA/BTC'),
];
const ROUTE = 'ADA>BTC>USDT';

interface Run {
  readonly feed?: Partial<ListFeedOptions>;
  readonly settings?: Partial<DetectionSettings>;
  readonly createKernel?: CreateCycleKernel;
}

function start({ feed = {}, settings = {}, createKernel = createWasmCycles }: Run) {
  const clock = createFakeClock(START_MS);
  const recorder = createSpanRecorder();
  const events: OpportunityEvent[] = [];
  const warnings: string[] = [];
  const quiet = () => undefined;
  const pipeline = createPipeline({
    feed: createListFeed({ source: 'recording', markets: MARKETS, batches: [], ...feed }),
    createKernel: createReferenceKernel,
    cycles: { createKernel, maxLegs: 4 },
    maxSymbolsCount: 8,
    maxExchangesCount: 4,
    bookLevelsCount: 10,
    settings: { ...ANY_PROFIT, ...settings },
    roundIntervalMs: 0,
    clock,
    telemetry: {
      tracer: recorder.tracer,
      logger: {
        log: quiet,
        debug: quiet,
        info: quiet,
        warn: (message) => warnings.push(message),
        error: quiet,
      },
    },
    onEvents: (given) => events.push(...given),
  });
  return { pipeline, events, recorder, warnings };
}

type Price = readonly [exchange: string, symbol: string, bid: number, ask: number, size?: number];

function batch(atMs: number, ...prices: readonly Price[]): FeedBatch {
  return {
    atMs,
    books: [],
    quotes: prices.map(([exchange, symbol, bid, ask, size = 10]) =>
      quote(exchange, symbol, bid, ask, { receivedAtMs: atMs, bidSize: size, askSize: size }),
    ),
  };
}

/** ADA → BTC at 0.01, BTC → USDT at 100, USDT → ADA at 1 ÷ `ask`. */
const prices = (ask: number, size = 10): readonly Price[] => [
  ['a', 'ADA/BTC', 0.01, 0.0101],
  ['a', 'BTC/USDT', 100, 101],
  ['a', 'ADA/USDT', ask * 0.9, ask, size],
];

function summary(events: readonly OpportunityEvent[]): readonly string[] {
  return events.map(({ type, opportunity: { symbol, last, legs, closeReason } }) =>
    [
      type,
      symbol,
      last.profitInQuote,
      legs.map(({ exchange }) => exchange).join(''),
      closeReason ?? '',
    ]
      .join(' ')
      .trimEnd(),
  );
}

async function run(options: Run, batches: readonly FeedBatch[]) {
  const world = start({ ...options, feed: { ...options.feed, batches } });
  await world.pipeline.run(new AbortController().signal);
  return world;
}

describe('cycles in a detection round', () => {
  test('open, change and close with a reason', async () => {
    const { events } = await run({}, [
      batch(START_MS, ...prices(0.8)),
      batch(START_MS + 10, ['a', 'ADA/USDT', 0.4, 0.5, 10]),
      batch(START_MS + 20, ['a', 'ADA/USDT', 0.4, 0.5, 4]),
      batch(START_MS + 30, ['a', 'ADA/USDT', 0.9, 1, 10]),
    ]);
    expect(summary(events)).toEqual([
      `opened ${ROUTE} 2 aaa`,
      `updated ${ROUTE} 5 aaa`,
      `updated ${ROUTE} 2 aaa`,
      `closed ${ROUTE} 2 aaa edge_below_threshold`,
    ]);
    const [opened] = events;
    expect(opened?.opportunity).toMatchObject({
      kind: 'cycle',
      base: 'ADA',
      quote: 'ADA',
      buyExchange: 'a',
      sellExchange: 'a',
    });
    expect(opened?.opportunity.id).not.toBe('');
  });

  test('stay one opportunity when another exchange takes over a leg', async () => {
    const { events } = await run({}, [
      batch(START_MS, ...prices(0.8)),
      batch(START_MS + 10, ['b', 'ADA/BTC', 0.02, 0.0201]),
    ]);
    const cycles = events.filter(({ opportunity }) => opportunity.kind === 'cycle');
    expect(summary(cycles)).toEqual([
      `opened ${ROUTE} 2 aaa`,
      `updated ${ROUTE} 6 baa`,
      `closed ${ROUTE} 6 baa feed_ended`,
    ]);
    expect(cycles[1]?.opportunity.buyExchange).toBe('b');
  });

  test('close when a leg grows too old, its exchange goes down or its legs drift apart', async () => {
    const later = batch(START_MS + 1_000, ['b', 'ADA/BTC', 0.001, 0.02]);
    const old = await run({ settings: { maxAgeMs: 500 } }, [
      batch(START_MS, ...prices(0.8)),
      later,
    ]);
    expect(summary(old.events).at(-1)).toBe(`closed ${ROUTE} 2 aaa quote_stale`);
    let roundsCount = 0;
    const down = await run({ feed: { downExchanges: () => (roundsCount++ < 1 ? [] : ['a']) } }, [
      batch(START_MS, ...prices(0.8)),
      later,
    ]);
    expect(summary(down.events).at(-1)).toBe(`closed ${ROUTE} 2 aaa exchange_down`);
    const drift = (atMs: number) => batch(START_MS + atMs, ['a', 'ADA/USDT', 0.4, 0.5, 10]);
    const near = await run({ settings: { maxSkewMs: 50 } }, [
      batch(START_MS, ...prices(0.8)),
      drift(50),
    ]);
    expect(summary(near.events).at(1)).toBe(`updated ${ROUTE} 5 aaa`);
    const far = await run({ settings: { maxSkewMs: 50 } }, [
      batch(START_MS, ...prices(0.8)),
      drift(51),
    ]);
    expect(summary(far.events).at(1)).toBe(`closed ${ROUTE} 2 aaa legs_skewed`);
  });

  test('live on below the opening threshold, down to the closing one', async () => {
    const settings = { openEdgeBps: 100, closeEdgeBps: 50 };
    const { events } = await run({ settings }, [
      batch(START_MS, ...prices(0.98)),
      batch(START_MS + 10, ['a', 'ADA/USDT', 0.9, 0.993, 10]),
      batch(START_MS + 20, ['a', 'ADA/USDT', 0.9, 0.996, 10]),
      batch(START_MS + 30, ['a', 'ADA/USDT', 0.9, 0.993, 10]),
    ]);
    expect(events.map(({ type }) => type)).toEqual(['opened', 'updated', 'closed']);
  });

  test('are told in a span of their own, with what was refused', async () => {
    const { recorder } = await run({ settings: { maxSkewMs: 5 } }, [
      batch(START_MS, ...prices(0.8)),
      batch(START_MS + 10, ['a', 'ADA/USDT', 0.4, 0.5, 10]),
    ]);
    const children = recorder.childrenOf(null).flatMap((root) => recorder.childrenOf(root));
    const [first, second] = children.filter(({ name }) => name === 'arbitrage.detect_cycles');
    expect(first?.attributes).toMatchObject({
      'arbitrage.candidates_count': 1,
      'arbitrage.candidates_complete': true,
      'arbitrage.opportunities_found': 1,
    });
    expect(Number(first?.attributes['arbitrage.routes_count'])).toBeGreaterThan(0);
    expect(first?.events.map(({ name }) => name)).toEqual(['opportunity_opened']);
    expect(second?.events.map(({ name }) => name)).toEqual([
      'cycle_rejected',
      'opportunity_closed',
    ]);
    expect(second?.events[0]?.attributes).toEqual({
      'crypto.symbol': ROUTE,
      'arbitrage.rejection_reason': 'legs_skewed',
    });
  });

  test('are judged at depth, which is fetched where only quotes stream', async () => {
    const depth = [
      book('a', 'ADA/BTC', [[0.01, 3]], [[0.0101, 1]]),
      book('a', 'BTC/USDT', [[100, 1]], [[101, 1]]),
      book('a', 'ADA/USDT', [[0.5, 1]], [[0.8, 9]]),
    ];
    const stop = new AbortController();
    const batches = async function* () {
      yield batch(START_MS, ...prices(0.8));
      await Bun.sleep(1);
      yield batch(START_MS + 10, ['b', 'ADA/BTC', 0.001, 0.02]);
      await Bun.sleep(1);
    };
    const { pipeline, events } = start({ feed: { source: 'live', depth, batches: batches() } });
    await pipeline.run(stop.signal);
    expect(summary(events)[0]).toBe(`opened ${ROUTE} 0.75 aaa`);
  });

  test('are left out, said once, when the markets are more than the cycle kernel holds', async () => {
    const createKernel: CreateCycleKernel = () => {
      throw new SpreadscopeError('kernel_capacity', 'too large');
    };
    const { events, warnings, pipeline } = await run({ createKernel }, [
      batch(START_MS, ...prices(0.8)),
      batch(START_MS + 2_000, ['b', 'ADA/BTC', 0.02, 0.03], ['a', 'ADA/BTC', 0.01, 0.011]),
    ]);
    expect(warnings).toEqual(['cycles are not looked for: watch fewer symbols, or set MAX_LEGS=2']);
    expect(events.map(({ opportunity }) => opportunity.kind)).toContain('pair');
    expect(pipeline.status().state).toBe('ended');
  });
});

describe('a round on live data', () => {
  const coins = Array.from({ length: 12 }, (_, index) => `COIN${index}`);
  const markets = [
    market('a', 'BTC/USDT'),
    ...coins.flatMap((coin) => [market('a', `${coin}/BTC`), market('a', `${coin}/USDT`)]),
  ];
  const books = [
    book('a', 'BTC/USDT', [[100, 50]], [[100.01, 50]]),
    ...coins.flatMap((coin) => [
      book('a', `${coin}/BTC`, [[0.01, 5]], [[0.0101, 5]]),
      book('a', `${coin}/USDT`, [[1.2, 5]], [[1.21, 5]]),
    ]),
  ];
  const judgedCounts = (source: 'synthetic' | 'recording'): readonly number[] => {
    const feed = createListFeed({ source, markets, batches: [] });
    const recorder = createSpanRecorder();
    const quiet = () => undefined;
    const logger = { log: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
    const engine = createEngine(
      {
        feed,
        createKernel: createReferenceKernel,
        cycles: { createKernel: createWasmCycles, maxLegs: 3 },
        maxSymbolsCount: 32,
        maxExchangesCount: 2,
        bookLevelsCount: 10,
        settings: ANY_PROFIT,
        roundIntervalMs: 0,
        clock: createFakeClock(START_MS),
        telemetry: { tracer: recorder.tracer, logger },
        onEvents: quiet,
      },
      { markets, omitted: [], maxLevelsCount: 1 },
      { signal: new AbortController().signal, onDepth: quiet, viewTimeMs: () => START_MS },
    );
    engine.state.setMarkets(markets);
    const counts: number[] = [];
    for (let atMs = START_MS; counts.length === 0 || engine.rounds.isBehind; atMs += 1) {
      const given = counts.length === 0 ? books : [];
      counts.push(engine.rounds.run({ atMs, quotes: [], books: given }).events.length);
    }
    return counts;
  };

  test('judges eight cycles and leaves the others to the rounds after it', () => {
    expect(judgedCounts('synthetic')).toEqual([8, 4]);
  });

  test('judges all of them in a recording', () => {
    expect(judgedCounts('recording')).toEqual([12]);
  });
});
