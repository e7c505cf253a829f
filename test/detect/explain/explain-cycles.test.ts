import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createCycleDetector } from '../../../src/detect/cycles/cycle-detector.ts';
import { createDetector } from '../../../src/detect/detector.ts';
import { type ExplainQuery, explain } from '../../../src/detect/explain/explain.ts';
import { createMarketState } from '../../../src/detect/market-state.ts';
import type { DetectionSettings } from '../../../src/detect/settings.ts';
import type { Book } from '../../../src/domain/book.ts';
import type { Market } from '../../../src/domain/market.ts';
import type { Quote } from '../../../src/domain/quote.ts';
import { createReferenceKernel } from '../../../src/kernel/reference.ts';
import { createReferenceCycles, createWasmCycles } from '../../support/cycle-kernels.ts';
import { book, market, quote, START_MS } from '../../support/markets.ts';
import { ANY_PROFIT } from '../../support/settings.ts';

const SETTINGS: DetectionSettings = {
  ...ANY_PROFIT,
  openEdgeBps: 10,
  closeEdgeBps: 5,
  maxAgeMs: 1_000,
  maxFutureMs: 100,
  maxSkewMs: 500,
  priceBandBps: 1_000,
};
const ALL: ExplainQuery = { symbol: null, nearMissesCount: 50, maxPairsCount: 1_000 };

interface World {
  readonly markets: readonly Market[];
  readonly quotes: readonly Quote[];
  readonly books?: readonly Book[];
  readonly settings?: Partial<DetectionSettings>;
  readonly maxLegs?: number;
  readonly source?: 'recording' | 'live';
  readonly openRoutes?: readonly string[];
  readonly createKernel?: typeof createReferenceCycles;
}

function createWorld(world: World) {
  const kernel = createReferenceKernel({
    symbolsCount: 32,
    exchangesCount: 4,
    bookSlotsCount: 2,
    bookLevelsCount: 5,
  });
  const state = createMarketState(kernel, null);
  state.setMarkets(world.markets);
  state.apply(world.quotes, world.books ?? []);
  const settings = { ...SETTINGS, ...world.settings };
  const { source = 'recording', maxLegs = 4, openRoutes = [] } = world;
  const createKernel = world.createKernel ?? createReferenceCycles;
  const cycles = createCycleDetector({ createKernel, maxLegs, state, settings, source });
  const parts = {
    state,
    detector: createDetector({ kernel, state, settings, source }),
    settings,
    source,
    isOpen: () => false,
    faultCodes: new Map<string, string>(),
    unwatched: [],
    nowMs: START_MS,
    cycles: {
      judge: cycles.judge,
      isOpen: ({ route }: { readonly route: string }) => openRoutes.includes(route),
      maxLegs,
    },
  };
  return {
    cycles,
    explainNow: (query: Partial<ExplainQuery> = {}) => explain(parts, { ...ALL, ...query }),
  };
}

/** A, B and C at 1:1 on one exchange; selling C for A brings `last`. */
function createTriangle(
  last: number,
  given: Partial<World> & {
    readonly market?: Partial<Market>;
    readonly quotes?: readonly Quote[];
    readonly at?: Partial<Quote>;
  } = {},
) {
  const symbols = ['A/B', 'B/C', 'A/C'] as const;
  const { market: limits = {}, at = {}, ...world } = given;
  return createWorld({
    markets: symbols.map((symbol) => market('x', symbol, limits)),
    quotes: [
      quote('x', 'A/B', 1, 1.0001),
      quote('x', 'B/C', 1, 1.0001),
      quote('x', 'A/C', 1 / last - 0.0001, 1 / last, at),
    ],
    ...world,
  });
}

/** The near miss of A > B > C, the direction that pays most. */
function explainTriangle(...args: Parameters<typeof createTriangle>) {
  const { nearMisses, cycles } = createTriangle(...args).explainNow({ symbol: 'A>B>C' });
  expect(cycles?.cyclesCount).toBe(1);
  return { miss: nearMisses[0], openCount: cycles?.openCount };
}

describe('why a cycle is no opportunity', () => {
  test('the last edge that is too small, and the first that is not', () => {
    expect(explainTriangle(1.00101).openCount).toBe(1);
    const { miss, openCount } = explainTriangle(1.00099);
    expect(openCount).toBe(0);
    expect(miss).toMatchObject({
      kind: 'cycle',
      symbol: 'A>B>C',
      stage: 'fees',
      reason: { code: 'edge_short', takerBpsAtWhichItOpens: null },
    });
    expect(miss?.missingBps).toBeCloseTo(0.1, 6);
    expect(miss?.legs).toEqual([
      { side: 'sell', exchange: 'x', symbol: 'A/B' },
      { side: 'sell', exchange: 'x', symbol: 'B/C' },
      { side: 'buy', exchange: 'x', symbol: 'A/C' },
    ]);
  });

  test('at which taker fee it would open', () => {
    const { miss } = explainTriangle(1.004, { market: { takerBps: 20 } });
    expect(miss?.reason).toMatchObject({ code: 'edge_short' });
    if (miss?.reason.code !== 'edge_short') throw new Error('expected edge_short');
    const takerBps = miss.reason.takerBpsAtWhichItOpens ?? 0;
    expect(miss.sentence).toContain(`with a taker fee under ${takerBps.toFixed(1)} bps it opens`);
    const at = (bps: number) => explainTriangle(1.004, { market: { takerBps: bps } }).openCount;
    expect([at(takerBps - 0.001), at(takerBps + 0.001)]).toEqual([1, 0]);
  });

  test('an open one lives down to the closing threshold', () => {
    const open = { openRoutes: ['A>B>C'] };
    expect(explainTriangle(1.00051, open).openCount).toBe(1);
    expect(explainTriangle(1.00051).miss?.missingBps).toBeCloseTo(4.9, 6);
    // At the closing threshold it is about to close, and would have to open again.
    expect(explainTriangle(1.00049, open).miss?.missingBps).toBeCloseTo(5.1, 6);
  });

  test('a round that brings nothing even before fees', () => {
    const { miss } = explainTriangle(0.9999);
    expect(miss).toMatchObject({ stage: 'gross', reason: { code: 'no_gross_spread' } });
    expect(miss?.sentence).toContain('brings back no more than it takes');
  });

  test('the last age and skew accepted, the first refused', () => {
    const aged = (ageMs: number) =>
      explainTriangle(1.002, {
        at: { receivedAtMs: START_MS - ageMs },
        settings: { maxSkewMs: 2e3 },
      });
    expect(aged(1_000).openCount).toBe(1);
    const stale = createTriangle(1.002, {
      at: { receivedAtMs: START_MS - 1_001 },
      settings: { maxSkewMs: 2e3 },
    }).explainNow({ symbol: 'A>B>C' });
    expect(stale.cycles?.stages[0]).toMatchObject({
      stage: 'markets',
      lost: [{ code: 'quote_stale', count: 1 }],
    });
    const skewed = (skewMs: number) =>
      explainTriangle(1.002, { at: { receivedAtMs: START_MS - skewMs } });
    expect(skewed(500).openCount).toBe(1);
    expect(skewed(501).miss).toMatchObject({
      stage: 'skew',
      reason: { code: 'legs_skewed', skewMs: 501, maxSkewMs: 500 },
      missingMs: 1,
    });
  });

  test.each([
    ['market_suspended', { markets: { isActive: false } }, {}],
    ['no_quote', {}, { none: true }],
    ['book_one_sided', {}, { ask: 0 }],
    ['book_crossed', {}, { bid: 2 }],
    ['quote_from_future', {}, { receivedAtMs: START_MS + 101 }],
  ] as const)('a leg without a usable market: %s', (code, given, at) => {
    const symbols = ['A/B', 'B/C', 'A/C'];
    const limits = 'markets' in given ? given.markets : {};
    const quotes = [
      quote('x', 'A/B', 1, 1.0001),
      quote('x', 'B/C', 1, 1.0001),
      ...('none' in at ? [] : [quote('x', 'A/C', 0.99, 0.995, at)]),
    ];
    const markets = symbols.map((symbol) => market('x', symbol, symbol === 'A/C' ? limits : {}));
    const { cycles } = createWorld({ markets, quotes }).explainNow({ symbol: 'A>B>C' });
    expect(cycles?.stages[0]).toMatchObject({ stage: 'markets', lost: [{ code, count: 1 }] });
  });

  test('what is lost at depth and at limits', () => {
    const quotes = [
      quote('x', 'A/B', 1, 1.0001),
      quote('x', 'B/C', 1, 1.0001),
      quote('x', 'A/C', 0.9, 0.99),
    ];
    const live = explainTriangle(1.002, { source: 'live' });
    expect(live.miss?.reason).toEqual({ code: 'depth_unknown', exchanges: ['x'] });
    const books = [
      book('x', 'A/B', [[1, 5]], [[1.0001, 5]]),
      book('x', 'B/C', [[1, 5]], [[1.0001, 5]]),
    ];
    const at = (last: Book) =>
      explainTriangle(1.002, { source: 'live', quotes, books: [...books, last] }).miss;
    expect(at(book('x', 'A/C', [[0.9, 5]], [[0.9995, 5]]))?.reason).toMatchObject({
      code: 'edge_short',
    });
    const tiny = explainTriangle(1.002, { market: { minSizeInBase: '3' } });
    expect(tiny.miss).toMatchObject({ stage: 'limits', reason: { code: 'leg_below_minimum' } });
    expect(tiny.miss?.sentence).toContain('A/B on x, B/C on x, A/C on x');
  });
});

const ASSETS = ['A', 'B', 'C', 'D', 'E'] as const;
const PLACES = ASSETS.flatMap((base, index) =>
  ASSETS.slice(index + 1).flatMap((other) =>
    ['x', 'y'].map((exchange) => ({ base, quote: other, exchange })),
  ),
);

/** Markets of five assets that are worth 1, 2, 3 …, some stale, suspended, crossed, far off or without a quote. */
const worlds = fc
  .tuple(
    fc.shuffledSubarray(PLACES, { minLength: 6 }),
    fc.array(
      fc.record({
        noise: fc.integer({ min: -60, max: 60 }),
        fault: fc.integer({ min: 0, max: 19 }),
      }),
      {
        minLength: PLACES.length,
        maxLength: PLACES.length,
      },
    ),
    fc.integer({ min: 0, max: 8 }),
  )
  .map(([places, draws, takerBps]): World => {
    const worth = (asset: string) => ASSETS.findIndex((each) => each === asset) + 1;
    const given = places.map((place, index) => ({
      ...place,
      ...(draws[index] ?? { noise: 0, fault: 9 }),
    }));
    return {
      markets: given.map(({ base, quote: other, exchange, fault }) =>
        market(exchange, `${base}/${other}`, {
          takerBps,
          isActive: fault !== 0,
          minSizeInBase: fault === 1 ? '5' : null,
          sizeStep: fault % 3 === 0 ? '0.1' : null,
        }),
      ),
      quotes: given.flatMap(({ base, quote: other, exchange, noise, fault }) => {
        if (fault === 2) return [];
        const price = Number(((worth(base) / worth(other)) * (1 + noise / 1e4)).toFixed(8));
        const faulty = {
          ...(fault === 3 ? { receivedAtMs: START_MS - 2_000 } : {}),
          ...(fault === 4 ? { receivedAtMs: START_MS - 700 } : {}),
          ...(fault === 5 ? { ask: price / 2 } : {}),
          ...(fault === 6 ? { bid: 0 } : {}),
        };
        return [quote(exchange, `${base}/${other}`, price, price * 1.0001, faulty)];
      }),
      settings: { priceBandBps: Number.POSITIVE_INFINITY },
    };
  });

describe('the funnel of cycles', () => {
  test('adds up: each cycle is an opportunity now or lost once, and the opportunities are those of detection', () => {
    let lostCount = 0;
    let foundCount = 0;
    fc.assert(
      fc.property(worlds, (given) => {
        const { cycles: detector, explainNow } = createWorld({
          ...given,
          createKernel: createWasmCycles,
        });
        const { cycles, nearMisses } = explainNow({ nearMissesCount: 1_000 });
        if (cycles === null) throw new Error('cycles are looked for');
        let left = cycles.cyclesCount;
        for (const { enteredCount, survivedCount, lost } of cycles.stages) {
          expect(enteredCount).toBe(left);
          left -= lost.reduce((sum, { count }) => sum + count, 0);
          expect(survivedCount).toBe(left);
        }
        expect(cycles.openCount).toBe(left);
        const names = (given.quotes ?? []).map(({ exchange, symbol }) => ({ exchange, symbol }));
        const found = detector
          .screen(names, true, START_MS)
          .cycles.filter((cycle) => detector.judge(cycle, false, START_MS).confirmation.found);
        expect(cycles.openCount).toBe(found.length);
        const missed = nearMisses.filter(({ kind }) => kind === 'cycle');
        expect(new Set(missed.map(({ symbol }) => symbol)).size).toBe(missed.length);
        for (const { route } of found)
          expect(missed.some(({ symbol }) => symbol === route)).toBe(false);
        lostCount += cycles.cyclesCount - cycles.openCount;
        foundCount += found.length;
      }),
      { numRuns: 80, seed: 21 },
    );
    expect(lostCount).toBeGreaterThan(500);
    expect(foundCount).toBeGreaterThan(20);
  });

  test('of one symbol holds the cycles through it, in both directions', () => {
    const all = ['A/B', 'B/C', 'A/C', 'A/D', 'C/D'].map((symbol) => market('x', symbol));
    const { explainNow } = createWorld({ markets: all, quotes: [] });
    // A-B-C, A-C-D and A-B-C-D, each in two directions.
    expect(explainNow().cycles).toMatchObject({ cyclesCount: 6, maxLegs: 4, isComplete: true });
    expect(explainNow({ symbol: 'A/B' }).cycles?.cyclesCount).toBe(4);
    expect(explainNow({ symbol: 'A/C' }).cycles?.cyclesCount).toBe(4);
    expect(explainNow({ symbol: 'A>D>C' }).cycles?.cyclesCount).toBe(1);
    expect(explainNow({ symbol: 'C>A>D' }).cycles?.cyclesCount).toBe(1);
    expect(explainNow({ symbol: 'A>B>D' }).cycles?.cyclesCount).toBe(0);
  });

  test('says when there are more cycles than it looked at', () => {
    const all = ['A/B', 'B/C', 'A/C'].map((symbol) => market('x', symbol));
    const { explainNow } = createWorld({ markets: all, quotes: [] });
    expect(explainNow({ maxCyclesCount: 2 }).cycles).toMatchObject({
      cyclesCount: 2,
      isComplete: true,
    });
    expect(explainNow({ maxCyclesCount: 1 }).cycles).toMatchObject({
      cyclesCount: 1,
      isComplete: false,
    });
  });

  test('is absent when cycles are not looked for', () => {
    const state = createMarketState(
      createReferenceKernel({
        symbolsCount: 2,
        exchangesCount: 2,
        bookSlotsCount: 2,
        bookLevelsCount: 2,
      }),
      null,
    );
    const parts = {
      state,
      detector: {
        judge: () => {
          throw new Error('nothing to judge');
        },
      },
      settings: SETTINGS,
      source: 'recording' as const,
      isOpen: () => false,
      faultCodes: new Map<string, string>(),
      unwatched: [],
      nowMs: START_MS,
    };
    expect(explain(parts, ALL).cycles).toBeNull();
  });
});
