import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createDetector, topEdgeBps } from '../../../src/detect/detector.ts';
import { type ExplainQuery, explain, explainNothing } from '../../../src/detect/explain/explain.ts';
import { openingTakerBps } from '../../../src/detect/explain/explain-pair.ts';
import type { ExplainParts } from '../../../src/detect/explain/parts.ts';
import { toSentence } from '../../../src/detect/explain/sentence.ts';
import { createMarketState } from '../../../src/detect/market-state.ts';
import type { DetectionSettings } from '../../../src/detect/settings.ts';
import type { Book } from '../../../src/domain/book.ts';
import type { Market } from '../../../src/domain/market.ts';
import type { Quote } from '../../../src/domain/quote.ts';
import { createReferenceKernel } from '../../../src/kernel/reference.ts';
import { book, market, quote, START_MS } from '../../support/markets.ts';
import { ANY_PROFIT } from '../../support/settings.ts';

const SYMBOL = 'BTC/USD';
const ALL: ExplainQuery = { symbol: null, nearMissesCount: 10, maxPairsCount: 1_000_000 };
const SETTINGS: DetectionSettings = {
  ...ANY_PROFIT,
  openEdgeBps: 10,
  closeEdgeBps: 5,
  maxAgeMs: 1_000,
  maxFutureMs: 100,
  maxSkewMs: 500,
  priceBandBps: 1_000,
};

interface World {
  readonly markets: readonly Market[];
  readonly quotes?: readonly Quote[];
  readonly books?: readonly Book[];
  readonly parts?: Partial<ExplainParts>;
}

function createParts({ markets, quotes = [], books = [], parts = {} }: World): ExplainParts {
  const kernel = createReferenceKernel({
    symbolsCount: 4,
    exchangesCount: 6,
    bookSlotsCount: 2,
    bookLevelsCount: 5,
  });
  const state = createMarketState(kernel, null);
  state.setMarkets(markets);
  state.apply(quotes, books);
  const source = parts.source ?? 'recording';
  const settings = parts.settings ?? SETTINGS;
  return {
    state,
    detector: createDetector({ kernel, state, settings, source }),
    settings,
    source,
    isOpen: () => false,
    faultCodes: new Map(),
    unwatched: [],
    nowMs: START_MS,
    ...parts,
  };
}

const explainWorld = (world: World, query: Partial<ExplainQuery> = {}) =>
  explain(createParts(world), { ...ALL, ...query });

/** Buy on `a` at 100, sell on `b`. */
function explainPairOf(
  bid: number,
  given: Omit<World, 'markets' | 'quotes'> & {
    readonly takerBps?: number;
    readonly markets?: Partial<Market>;
    readonly a?: Partial<Quote>;
    readonly b?: Partial<Quote>;
  } = {},
) {
  const { takerBps = 0, markets: limits = {}, a = {}, b = {}, ...rest } = given;
  const { nearMisses, funnel } = explainWorld({
    ...rest,
    markets: [
      market('a', SYMBOL, { takerBps, ...limits }),
      market('b', SYMBOL, { takerBps, ...limits }),
    ],
    quotes: [quote('a', SYMBOL, 99, 100, a), quote('b', SYMBOL, bid, bid + 1, b)],
  });
  const miss = nearMisses.find(({ buyExchange }) => buyExchange === 'a');
  return { miss, reason: miss?.reason, openCount: funnel.openCount };
}

describe('a pair that is no opportunity', () => {
  test('says how many basis points are missing, and with which fee it would open', () => {
    const { miss } = explainPairOf(100.2, { takerBps: 10 });
    expect(miss).toMatchObject({
      stage: 'fees',
      reason: { code: 'edge_short' },
      sentence: '10.0 bps short; with a taker fee under 5.0 bps it opens',
    });
    expect(miss?.missingBps).toBeCloseTo(10, 1);
  });

  test('says so when not even a fee of nothing would do', () => {
    expect(explainPairOf(100.05).miss).toMatchObject({
      reason: { code: 'edge_short', takerBpsAtWhichItOpens: null },
      sentence: '5.0 bps short; without any fee it would still not open',
    });
    expect(explainPairOf(99.5).miss).toMatchObject({
      stage: 'gross',
      reason: { code: 'no_gross_spread' },
      sentence: '60.0 bps short; the bid is not above the ask',
    });
  });

  test('is one exactly at the threshold, and none above it', () => {
    const settings = { ...SETTINGS, openEdgeBps: (100.1 / 100 - 1) * 10_000 };
    expect(explainPairOf(100.1, { parts: { settings } })).toMatchObject({
      openCount: 0,
      reason: { code: 'edge_short', missingBps: 0 },
    });
    expect(explainPairOf(100.11, { parts: { settings } })).toMatchObject({ openCount: 1 });
  });

  test('is held to the lower threshold while it is open', () => {
    expect(explainPairOf(100.08).openCount).toBe(0);
    expect(explainPairOf(100.08, { parts: { isOpen: () => true } }).openCount).toBe(1);
  });

  test('says how much too old a book is, and no more when it is far too old', () => {
    const old = (ageMs: number) => explainPairOf(101, { b: { receivedAtMs: START_MS - ageMs } });
    expect(old(2_000).miss).toMatchObject({
      stage: 'markets',
      missingBps: 0,
      missingMs: 1_000,
      reason: { code: 'quote_stale', exchange: 'b', ageMs: 2_000, maxAgeMs: 1_000 },
      sentence: 'book 1.0 s too old on b',
    });
    expect(old(2_001).miss).toBeUndefined();
  });

  test('says how far apart its legs are', () => {
    expect(explainPairOf(101, { b: { receivedAtMs: START_MS - 501 } })).toMatchObject({
      reason: { code: 'legs_skewed', skewMs: 501, maxSkewMs: 500 },
      miss: { sentence: 'legs 1 ms too far apart in time', missingMs: 1 },
    });
    expect(explainPairOf(101, { b: { receivedAtMs: START_MS - 500 } }).openCount).toBe(1);
  });

  test('says what is missing at depth', () => {
    expect(explainPairOf(101, { parts: { source: 'live' } })).toMatchObject({
      reason: { code: 'depth_unknown', exchanges: ['a', 'b'] },
      miss: { sentence: 'waiting for the book of a and b', stage: 'depth' },
    });
    expect(explainPairOf(101, { markets: { minSizeInBase: '2' } })).toMatchObject({
      reason: { code: 'below_minimum', minSizeInBase: '2', minCostInQuote: null },
      miss: { sentence: 'size under the least order of 2 base units', stage: 'limits' },
    });
    expect(explainPairOf(101, { markets: { minSizeInBase: '1' } }).openCount).toBe(1);
  });

  test('says that fetched books do not hold what the quotes promised', () => {
    const parts = createParts({
      markets: [market('a', SYMBOL), market('b', SYMBOL)],
      quotes: [quote('a', SYMBOL, 99, 100), quote('b', SYMBOL, 101, 102)],
      parts: { source: 'live' },
    });
    const state = parts.state as ReturnType<typeof createMarketState>;
    state.setFetchedBook(book('a', SYMBOL, [[99, 1]], [[100, 1]]));
    state.setFetchedBook(book('b', SYMBOL, [[100.05, 1]], [[102, 1]]));
    expect(explain(parts, ALL).nearMisses[0]).toMatchObject({
      stage: 'depth',
      reason: { code: 'edge_short_at_depth' },
      sentence: '5.0 bps short at depth; without any fee it would still not open',
    });
    state.setFetchedBook(
      book('b', SYMBOL, [[101, 1]], [[102, 1]], { receivedAtMs: START_MS - 1_001 }),
    );
    expect(explain(parts, ALL).nearMisses[0]?.reason).toEqual({
      code: 'quote_stale',
      exchange: 'b',
      ageMs: 1_001,
      maxAgeMs: 1_000,
    });
  });
});

describe('a market that takes no part', () => {
  const reasonOf = (
    given: Partial<Quote> | null,
    limits: Partial<Market> = {},
    faultCode?: string,
  ) => {
    const world: World = {
      markets: [market('a', SYMBOL, limits), market('b', SYMBOL), market('c', SYMBOL)],
      quotes: [
        ...(given === null ? [] : [quote('a', SYMBOL, 100, 101, given)]),
        quote('b', SYMBOL, 100, 101),
        quote('c', SYMBOL, 100, 101),
      ],
      parts: faultCode === undefined ? {} : { faultCodes: new Map([['a', faultCode]]) },
    };
    return explainWorld(world, { symbol: SYMBOL }).markets[0]?.reason;
  };

  test('says which guard it fails, with the figures', () => {
    expect(reasonOf({})).toBeNull();
    expect(reasonOf(null)).toEqual({ code: 'no_quote', exchange: 'a' });
    expect(reasonOf(null, {}, 'exchange_timeout')).toEqual({
      code: 'exchange_down',
      exchange: 'a',
      faultCode: 'exchange_timeout',
    });
    expect(reasonOf({}, { isActive: false })).toMatchObject({ code: 'market_suspended' });
    expect(reasonOf({ bid: 0 })).toMatchObject({ code: 'book_one_sided', missing: 'bid' });
    expect(reasonOf({ ask: 0 })).toMatchObject({ code: 'book_one_sided', missing: 'ask' });
    expect(reasonOf({ bid: 101 })).toMatchObject({ code: 'book_locked' });
    expect(reasonOf({ bid: 202 })).toMatchObject({ code: 'book_crossed', overlapBps: 10_000 });
    expect(reasonOf({ receivedAtMs: START_MS - 1_001 })).toMatchObject({ ageMs: 1_001 });
    expect(reasonOf({ exchangeTimeMs: START_MS + 101 })).toMatchObject({
      code: 'quote_from_future',
      aheadMs: 101,
      maxFutureMs: 100,
    });
    expect(reasonOf({ bid: 199, ask: 203 })).toMatchObject({ code: 'price_out_of_band' });
  });

  test('has no pair while updates of its book are missing, until a whole book has come', () => {
    const markets = [market('a', SYMBOL), market('b', SYMBOL)];
    const whole = [
      book('a', SYMBOL, [[99, 1]], [[100, 1]]),
      book('b', SYMBOL, [[103, 1]], [[104, 1]]),
    ];
    const gap = book('a', SYMBOL, [], [], { hasGap: true, receivedAtMs: START_MS - 250 });
    const after = (books: readonly Book[]) =>
      explainWorld({ markets, books: [...whole, ...books] }, { symbol: SYMBOL });
    expect(after([])).toMatchObject({ funnel: { openCount: 1, usableMarketsCount: 2 } });
    const missing = after([gap]);
    expect(missing).toMatchObject({ funnel: { openCount: 0, usableMarketsCount: 1 } });
    const reason = { code: 'sequence_gap', exchange: 'a', sinceMs: 250 } as const;
    expect(missing.markets[0]?.reason).toEqual(reason);
    expect(toSentence(reason)).toBe('updates missing from a, waiting for a whole book');
    expect(after([gap, ...whole])).toMatchObject({ funnel: { openCount: 1 } });
  });
});

describe('a symbol without a pair', () => {
  test('says that one exchange alone has it', () => {
    const world = { markets: [market('a', SYMBOL)], quotes: [quote('a', SYMBOL, 1, 2)] };
    const reason = { code: 'fewer_than_two_exchanges', exchanges: ['a'] } as const;
    expect(explainWorld(world)).toMatchObject({
      symbolsWithoutPair: [{ symbol: SYMBOL, reason }],
      funnel: { marketsCount: 1, usableMarketsCount: 1, pairsCount: 0, openCount: 0 },
    });
    const unwatched = [
      { symbol: SYMBOL, reason: reason.code, exchanges: ['a'] },
      { symbol: 'X/Y', reason: 'over_capacity', exchanges: ['a', 'b'] },
    ] as const;
    expect(explainWorld({ ...world, parts: { unwatched } }).symbolsWithoutPair).toHaveLength(2);
    expect(
      explainWorld({ ...world, parts: { unwatched } }, { symbol: 'X/Y' }).symbolsWithoutPair,
    ).toEqual([{ symbol: 'X/Y', reason: { code: 'over_capacity', exchanges: ['a', 'b'] } }]);
  });

  test('says of a contract that it is judged by what it carries, once', () => {
    const terms = { kind: 'perpetual', settlement: 'linear', contractSize: '1' } as const;
    const contract = { ...terms, contractStep: null, expiryMs: null };
    const symbol = 'BTC/USD:USD';
    const world = {
      markets: [market('a', symbol, { contract }), market('b', symbol, { contract })],
      quotes: [quote('a', symbol, 1, 2), quote('b', symbol, 4, 5)],
      parts: {
        unwatched: [{ symbol, reason: 'fewer_than_two_exchanges', exchanges: ['a'] } as const],
      },
    };
    expect(explainWorld(world)).toMatchObject({
      symbolsWithoutPair: [{ symbol, reason: { code: 'contract', exchanges: ['a', 'b'] } }],
      funnel: { pairsCount: 0, openCount: 0 },
    });
  });

  test('passes over symbols beyond the bound, and counts them', () => {
    const markets = ['A/B', 'C/D', 'E/F'].flatMap((symbol) => [
      market('a', symbol),
      market('b', symbol),
    ]);
    expect(explainWorld({ markets }, { maxPairsCount: 4 })).toMatchObject({
      symbolsCount: 2,
      omittedSymbolsCount: 1,
    });
    expect(explainNothing(5)).toMatchObject({ atMs: 5, funnel: { pairsCount: 0, openCount: 0 } });
  });
});

const marketFacts = fc.record({
  bid: fc.constantFrom(0, 90, 99, 100, 100.05, 100.2, 101),
  width: fc.constantFrom(-0.5, 0, 0.01, 0.05, 1),
  ageMs: fc.constantFrom(-101, -100, 0, 500, 1_000, 1_001),
  takerBps: fc.constantFrom(-5, 0, 3, 10),
  hasQuote: fc.constantFrom(true, true, true, false),
  isSuspended: fc.constantFrom(false, false, false, true),
  minSizeInBase: fc.constantFrom(null, '1', '2'),
});

describe('in any market', () => {
  const toWorld = (
    facts: readonly (typeof marketFacts extends fc.Arbitrary<infer Facts> ? Facts : never)[],
  ) => ({
    markets: facts.map(({ takerBps, isSuspended, minSizeInBase }, index) =>
      market(`e${index}`, SYMBOL, { takerBps, isActive: !isSuspended, minSizeInBase }),
    ),
    quotes: facts.flatMap(({ bid, width, ageMs, hasQuote }, index) =>
      hasQuote
        ? [quote(`e${index}`, SYMBOL, bid, bid + width, { receivedAtMs: START_MS - ageMs })]
        : [],
    ),
  });
  const worlds = fc.array(marketFacts, { minLength: 0, maxLength: 6 });

  test('the funnel adds up, and each pair is lost once or open', () => {
    fc.assert(
      fc.property(worlds, (facts) => {
        const { funnel } = explainWorld(toWorld(facts));
        const sum = (counts: readonly { readonly count: number }[]) =>
          counts.reduce((total, { count }) => total + count, 0);
        expect(funnel.pairsCount).toBe(facts.length * Math.max(0, facts.length - 1));
        expect(funnel.marketsCount - funnel.usableMarketsCount).toBe(sum(funnel.marketReasons));
        let leftCount = funnel.pairsCount;
        for (const { enteredCount, survivedCount, lost } of funnel.stages) {
          expect(enteredCount).toBe(leftCount);
          expect(survivedCount).toBe(enteredCount - sum(lost));
          leftCount = survivedCount;
        }
        expect(funnel.openCount).toBe(leftCount);
        const usable = funnel.usableMarketsCount;
        expect(funnel.stages[0]?.survivedCount).toBe(usable * Math.max(0, usable - 1));
      }),
    );
  });

  test('what it calls open is what the detector finds', () => {
    fc.assert(
      fc.property(worlds, (facts) => {
        const parts = createParts(toWorld(facts));
        const records = parts.state.recordsOf(SYMBOL);
        const found = records
          .flatMap((buy) => records.map((sell) => ({ buy, sell })))
          .filter(({ buy, sell }) => buy !== sell)
          .filter((pair) => parts.detector.judge(pair, false, START_MS).confirmation.found);
        expect(explain(parts, ALL).funnel.openCount).toBe(found.length);
      }),
    );
  });

  test('the order of the exchanges changes no count', () => {
    fc.assert(
      fc.property(worlds, (facts) => {
        const there = explainWorld(toWorld(facts)).funnel;
        expect(explainWorld(toWorld([...facts].reverse())).funnel).toEqual(there);
      }),
    );
  });

  test('near misses come by what is missing, and the fee named is the one at which they open', () => {
    fc.assert(
      fc.property(fc.double({ min: 100.2, max: 120, noNaN: true }), (bid) => {
        const takerBps = openingTakerBps(100, bid, 10);
        expect(takerBps).not.toBeNull();
        const edgeAt = (feeBps: number) =>
          topEdgeBps(
            {
              market: market('a', SYMBOL, { takerBps: feeBps }),
              quote: quote('a', SYMBOL, 99, 100),
            },
            {
              market: market('b', SYMBOL, { takerBps: feeBps }),
              quote: quote('b', SYMBOL, bid, bid + 1),
            },
          );
        expect(edgeAt((takerBps ?? 0) - 1e-6)).toBeGreaterThan(10);
        expect(edgeAt((takerBps ?? 0) + 1e-6)).toBeLessThan(10);
      }),
    );
    fc.assert(
      fc.property(worlds, (facts) => {
        const { nearMisses } = explainWorld(toWorld(facts));
        const missing = nearMisses.map(({ missingBps }) => missingBps);
        expect(missing).toEqual([...missing].sort((a, b) => a - b));
      }),
    );
  });
});
