import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { confirmPair, type PairConfirmation } from '../../src/detect/pair.ts';
import type { DetectionSettings } from '../../src/detect/settings.ts';
import type { Level } from '../../src/domain/book.ts';
import type { Market } from '../../src/domain/market.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { book, market, START_MS } from '../support/markets.ts';
import { requirement } from '../support/requirement.ts';
import { ANY_PROFIT } from '../support/settings.ts';
import { sharedDataPath } from '../support/shared-data.ts';

const SYMBOL = 'BTC/USD';
const kernel = createReferenceKernel({
  symbolsCount: 1,
  exchangesCount: 2,
  bookSlotsCount: 2,
  bookLevelsCount: 3_000,
});

interface Case {
  readonly asks: readonly Level[];
  readonly bids: readonly Level[];
  readonly minEdgeBps?: number;
  readonly settings?: Partial<DetectionSettings>;
  readonly buyMarket?: Partial<Market>;
  readonly sellMarket?: Partial<Market>;
}

function confirm(given: Case): PairConfirmation {
  const buy = {
    market: market('cheap', SYMBOL, given.buyMarket),
    book: book('cheap', SYMBOL, [[0.01, 1]], given.asks),
  };
  const sell = {
    market: market('dear', SYMBOL, given.sellMarket),
    book: book('dear', SYMBOL, given.bids, [[1e9, 1]]),
  };
  const settings = { ...ANY_PROFIT, ...given.settings };
  return confirmPair(kernel, buy, sell, given.minEdgeBps ?? 0, settings, START_MS);
}

function edgeOf(given: Case) {
  const confirmation = confirm(given);
  if (!confirmation.found) throw new Error(`expected an edge, got ${confirmation.reason}`);
  return confirmation.edge;
}

describe('confirmPair gives published answers', () => {
  test('three asks against two bids', () => {
    const edge = edgeOf({
      asks: [
        [8900.12345677, 3],
        [8999.95, 7],
        [9000, 10],
      ],
      bids: [
        [9000, 9],
        [8900, 5],
      ],
    });
    expect(edge.profitInQuote).toBe('299.92962969');
    expect(edge.sizeInBase).toBe('9');
  });

  test('many levels on each side', () => {
    const asks = [500, 550, 600, 650, 700, 800, 850, 950, 1000].map(
      (price): Level => [price, price === 550 ? 1 : 10],
    );
    const edge = edgeOf({
      asks,
      bids: [
        [900, 5],
        [750, 100],
        [550, 1],
      ],
    });
    expect(edge).toMatchObject({ profitInQuote: '6450', sizeInBase: '41' });
  });

  test('proceeds over cost, whole and capped by a balance', () => {
    const books: Case = {
      asks: [
        [1.005, 10],
        [1.015, 20],
      ],
      bids: [[1.045, 30]],
    };
    expect(1 + edgeOf(books).edgeBps / 10_000).toBeCloseTo(1.0329489291598024, 12);
    const capped = edgeOf({ ...books, settings: { maxSizeInBase: 20 } });
    expect(capped.sizeInBase).toBe('20');
    expect(1 + capped.edgeBps / 10_000).toBeCloseTo(1.0346534653, 10);
  });
});

describe('confirmPair', () => {
  const crossing: Case = { asks: [[100, 1]], bids: [[101, 2]] };

  test('charges each taker fee on its own leg', () => {
    const confirmation = confirm({
      ...crossing,
      buyMarket: { takerBps: 10 },
      sellMarket: { takerBps: 20 },
    });
    if (!confirmation.found) throw new Error(confirmation.reason);
    expect(confirmation.edge.costInQuote).toBe('100.1');
    expect(confirmation.edge.proceedsInQuote).toBe('100.798');
    expect(confirmation.edge.profitInQuote).toBe('0.698');
    expect(confirmation.legs.map((leg) => leg.feeInQuote)).toEqual(['0.1', '0.202']);
    expect(confirmation.edge.grossBps).toBe(100);
  });

  test('takes only the units that each earn more than the threshold', () => {
    const asks: readonly Level[] = [
      [100, 1],
      [100.95, 50],
    ];
    const bids: readonly Level[] = [[101, 100]];
    expect(edgeOf({ asks, bids, minEdgeBps: 10 }).sizeInBase).toBe('1');
    expect(edgeOf({ asks, bids, minEdgeBps: 4 }).sizeInBase).toBe('51');
    expect(confirm({ asks, bids, minEdgeBps: 100 })).toEqual({
      found: false,
      reason: 'edge_below_threshold',
    });
    expect(confirm({ asks, bids, minEdgeBps: 99.99 }).found).toBe(true);
  });

  test('spends at most the configured notional, fee included', () => {
    const edge = edgeOf({
      asks: [[100, 10]],
      bids: [[101, 10]],
      buyMarket: { takerBps: 10 },
      settings: { maxNotionalInQuote: 500 },
    });
    expect(Number(edge.costInQuote)).toBeLessThanOrEqual(500 * (1 + 1e-12));
    expect(Number(edge.costInQuote)).toBeGreaterThan(499.999);
  });

  test('rounds down to the coarser lot and refuses what is under a minimum', () => {
    const asks: readonly Level[] = [[100, 1.2345]];
    const bids: readonly Level[] = [[101, 5]];
    const lots: Case = {
      asks,
      bids,
      buyMarket: { sizeStep: '0.001' },
      sellMarket: { sizeStep: '0.1' },
    };
    expect(edgeOf(lots).sizeInBase).toBe('1.2');
    const least = (minSizeInBase: string) => confirm({ asks, bids, sellMarket: { minSizeInBase } });
    expect(least('1.2345').found).toBe(true);
    expect(least('1.2346')).toEqual({ found: false, reason: 'book_too_thin' });
    const leastCost = (minCostInQuote: string) =>
      confirm({ asks, bids, buyMarket: { minCostInQuote } });
    expect(leastCost('123.45').found).toBe(true);
    expect(leastCost('123.46')).toEqual({ found: false, reason: 'book_too_thin' });
  });

  test('fails closed on a book that is stale, from the future, crossed or one-sided', () => {
    const limits = { ...ANY_PROFIT, maxAgeMs: 100, maxFutureMs: 10 };
    const judge = (ageMs: number) => {
      const side = { receivedAtMs: START_MS - ageMs };
      const buy = {
        market: market('a', SYMBOL),
        book: book('a', SYMBOL, [[99, 1]], [[100, 1]], side),
      };
      const sell = { market: market('b', SYMBOL), book: book('b', SYMBOL, [[101, 1]], [[102, 1]]) };
      const confirmation = confirmPair(kernel, buy, sell, 0, limits, START_MS);
      return confirmation.found ? 'found' : confirmation.reason;
    };
    expect([judge(100), judge(101)]).toEqual(['found', 'guard_stale']);
    expect([judge(-10), judge(-11)]).toEqual(['found', 'guard_from_future']);
    expect(confirm({ asks: [], bids: [[101, 1]] })).toMatchObject({ reason: 'guard_one_sided' });
    expect(confirm({ asks: [[0.01, 1]], bids: [[101, 1]] })).toMatchObject({
      reason: 'guard_locked',
    });
    expect(confirm({ asks: [[0.009, 1]], bids: [[101, 1]] })).toMatchObject({
      reason: 'guard_crossed',
    });
  });

  test('refuses a book with levels out of order', () => {
    const confirmation = confirm({
      asks: [
        [100, 1],
        [99, 1],
      ],
      bids: [[101, 1]],
    });
    expect(confirmation).toEqual({ found: false, reason: 'book_invalid' });
  });

  test('never sells more than it buys nor more than a level holds, and no other size earns more', () => {
    const side = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 50 })),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(side, side, fc.integer({ min: 0, max: 30 }), (a, b, takerBps) => {
        const asks = toLadder(a, 1);
        const bids = toLadder(b, -1);
        const fees = { takerBps };
        const confirmation = confirm({ asks, bids, buyMarket: fees, sellMarket: fees });
        const best = bestOnGrid(asks, bids, takerBps);
        if (!confirmation.found) return best <= 1e-9;
        const depth = Math.min(total(asks), total(bids));
        const size = Number(confirmation.edge.sizeInBase);
        return (
          size <= depth * (1 + 1e-12) && Number(confirmation.edge.profitInQuote) >= best - 1e-9
        );
      }),
    );
  });
});

function toLadder(levels: readonly (readonly [number, number])[], direction: 1 | -1): Level[] {
  const byPrice = new Map(levels.map(([price, size]) => [100 + price / 10, size / 7]));
  return [...byPrice].sort(([a], [b]) => (a - b) * direction);
}

function total(levels: readonly Level[]): number {
  return levels.reduce((sum, [, size]) => sum + size, 0);
}

function amountAt(levels: readonly Level[], size: number): number {
  let left = size;
  return levels.reduce((sum, [price, depth]) => {
    const taken = Math.min(left, depth);
    left -= taken;
    return sum + price * taken;
  }, 0);
}

function bestOnGrid(asks: readonly Level[], bids: readonly Level[], takerBps: number): number {
  const depth = Math.min(total(asks), total(bids));
  const fee = takerBps / 10_000;
  return Math.max(
    ...Array.from({ length: 201 }, (_, step) => {
      const size = (depth * step) / 200;
      return amountAt(bids, size) * (1 - fee) - amountAt(asks, size) * (1 + fee);
    }),
  );
}

const booksPath = sharedDataPath('two-venue-books-2013/books.json');

describe.skipIf(!requirement('two-venue-books-2013', booksPath !== null))('the real books', () => {
  type Side = readonly { readonly price: number; readonly amount: number }[];
  type Venue = { readonly asks: Side; readonly bids: Side };
  // The body of a skipped suite runs too.
  const text = booksPath === null ? '{}' : readFileSync(booksPath, 'utf8');
  const books = JSON.parse(text) as Record<string, Venue>;
  const levels = (side: Side | undefined) =>
    (side ?? []).map(({ price, amount }): Level => [price, amount]);
  const buyAndSell = (buy: string, sell: string, takerBps: number, maxSizeInBase: number) => {
    const fees = { takerBps };
    const asks = levels(books[buy]?.asks);
    const bids = levels(books[sell]?.bids);
    return confirm({ asks, bids, buyMarket: fees, sellMarket: fees, settings: { maxSizeInBase } });
  };

  test.each([
    [0, Number.POSITIVE_INFINITY, 14_962.605060099, 3_585.97175077],
    [25, Number.POSITIVE_INFINITY, 13_041.269119542, 3_230.74582455],
    [0, 10, 94.559058494, 10],
  ])('at %p bps and at most %p BTC give the published profit', (takerBps, cap, profit, size) => {
    const confirmation = buyAndSell('BitstampUSD', 'KrakenEUR', takerBps, cap);
    if (!confirmation.found) throw new Error(confirmation.reason);
    expect(Number(confirmation.edge.profitInQuote) / profit).toBeCloseTo(1, 10);
    expect(Number(confirmation.edge.sizeInBase) / size).toBeCloseTo(1, 10);
  });

  test('give nothing in the other direction', () => {
    const cap = Number.POSITIVE_INFINITY;
    expect(buyAndSell('KrakenEUR', 'BitstampUSD', 0, cap)).toEqual({
      found: false,
      reason: 'edge_below_threshold',
    });
  });
});
