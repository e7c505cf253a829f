import { describe, expect, test } from 'bun:test';
import { trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { toLegFee } from '../../../src/detect/costs/leg-fee.ts';
import { allocateMulti } from '../../../src/detect/costs/multi.ts';
import { toNetLadder } from '../../../src/detect/costs/net-ladder.ts';
import { confirmMulti } from '../../../src/detect/multi/confirm-multi.ts';
import type { MultiSide } from '../../../src/detect/multi/multi-orders.ts';
import type { DetectionSettings } from '../../../src/detect/settings.ts';
import type { Level } from '../../../src/domain/book.ts';
import type { Market } from '../../../src/domain/market.ts';
import { add, compare, floorToStep, toDecimal, toNumber, ZERO } from '../../../src/domain/money.ts';
import type { OpportunityEvent } from '../../../src/domain/opportunity.ts';
import { createReferenceKernel } from '../../../src/kernel/reference.ts';
import { createPipeline } from '../../../src/pipeline/pipeline.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createListFeed } from '../../support/list-feed.ts';
import { book, market, quote, START_MS } from '../../support/markets.ts';
import { ANY_PROFIT } from '../../support/settings.ts';

const SYMBOL = 'BTC/USD';

const side = (
  exchange: string,
  bids: readonly Level[],
  asks: readonly Level[],
  given: Partial<Market> = {},
): MultiSide => ({
  market: market(exchange, SYMBOL, given),
  book: book(exchange, SYMBOL, bids, asks),
});

const confirm = (
  sides: readonly MultiSide[],
  minEdgeBps = 0,
  settings: Partial<DetectionSettings> = {},
) => confirmMulti(sides, minEdgeBps, { ...ANY_PROFIT, ...settings }, START_MS);

/** 3 at 100 on `a` and 2 at 101 on `b`, sold into 4 at 103 on `c`. */
const THREE = (given: Partial<Market> = {}) => [
  side('a', [[90, 1]], [[100, 3]], given),
  side('b', [[90, 1]], [[101, 2]], given),
  side('c', [[103, 4]], [[120, 1]], given),
];

describe('a symbol over all exchanges at once', () => {
  test('buys and sells where it is best, and says what each exchange gives and takes', () => {
    const found = confirm(THREE());
    if (!found.found) throw new Error(`expected an opportunity, got ${found.reason}`);
    expect(found.edge).toMatchObject({
      sizeInBase: '4',
      costInQuote: '401',
      proceedsInQuote: '412',
      profitInQuote: '11',
      grossBps: 300,
    });
    expect(
      found.legs.map(({ side: kind, exchange, sizeInBase }) => [kind, exchange, sizeInBase]),
    ).toEqual([
      ['buy', 'a', '3'],
      ['buy', 'b', '1'],
      ['sell', 'c', '4'],
    ]);
  });

  test('is told with three exchanges, and not with two', () => {
    expect(confirm(THREE()).found).toBe(true);
    expect(confirm(THREE().filter(({ market: { exchange } }) => exchange !== 'b')).found).toBe(
      false,
    );
    // The third earns nothing above the threshold.
    expect(confirm(THREE(), 198).found).toBe(true);
    expect(confirm(THREE(), 199)).toEqual({ found: false, reason: 'edge_below_threshold' });
  });

  test('keeps to the most to spend, to lots and to least orders', () => {
    const capped = confirm(THREE(), 0, { maxNotionalInQuote: 350.5 });
    expect(capped.found && capped.edge.costInQuote).toBe('350.5');
    expect(confirm(THREE(), 0, { maxNotionalInQuote: 300 }).found).toBe(false);
    const lots = confirm(THREE({ sizeStep: '0.75' }));
    // 3, 0.75 and 3.75.
    expect(lots.found && lots.legs.map(({ sizeInBase }) => sizeInBase)).toEqual([
      '3',
      '0.75',
      '3.75',
    ]);
    expect(confirm(THREE({ minSizeInBase: '1' })).found).toBe(true);
    expect(confirm(THREE({ minSizeInBase: '1.01' })).found).toBe(false);
  });

  test('leaves out an exchange whose book fails a guard', () => {
    const [a, b, c] = THREE();
    if (a === undefined || b === undefined || c === undefined) throw new Error('three sides');
    const old = { ...b, book: { ...b.book, receivedAtMs: START_MS - 1_001 } };
    expect(
      confirm([a, { ...old, book: { ...old.book, receivedAtMs: START_MS - 1_000 } }, c], 0, {
        maxAgeMs: 1_000,
      }).found,
    ).toBe(true);
    expect(confirm([a, old, c], 0, { maxAgeMs: 1_000 }).found).toBe(false);
    expect(confirm([a, old, c], 0, { maxSkewMs: 1_000 })).toEqual({
      found: false,
      reason: 'legs_skewed',
    });
  });

  const ladder = fc.array(
    fc.record({ step: fc.integer({ min: 1, max: 40 }), size: fc.integer({ min: 20, max: 500 }) }),
    { minLength: 1, maxLength: 4 },
  );
  const sides = fc.array(
    fc.record({
      ask: ladder,
      bid: ladder,
      from: fc.integer({ min: 9_600, max: 10_400 }),
      takerBps: fc.integer({ min: 0, max: 20 }),
      feeSide: fc.constantFrom('quote' as const, 'get' as const),
      sizeStep: fc.constantFrom(null, '0.01', '0.1', '0.25'),
    }),
    { minLength: 3, maxLength: 5 },
  );
  const toLevels = (
    steps: readonly { readonly step: number; readonly size: number }[],
    from: number,
    sign: number,
  ) => {
    let price = from;
    return steps.map(({ step, size }): Level => {
      price += sign * step;
      return [price / 100, size / 100];
    });
  };

  test('never uses more than a level holds, keeps to lots, adds up, and without lots earns the most there is', () => {
    let [foundCount, lotsFreeCount] = [0, 0];
    fc.assert(
      fc.property(sides, (given) => {
        const all = given.map(({ ask, bid, from, ...terms }, index) =>
          side(`x${index}`, toLevels(bid, from, -1), toLevels(ask, from, 1), terms),
        );
        const found = confirm(all);
        const ladders = (kind: 'buy' | 'sell') =>
          all.map(({ market: m, book: b }) =>
            toNetLadder(m.exchange, kind === 'buy' ? b.asks : b.bids, kind, toLegFee(m, kind)),
          );
        const most = allocateMulti(ladders('buy'), ladders('sell'), {
          minEdgeBps: 0,
          maxSizeInBase: null,
        });
        if (!found.found) return;
        foundCount += 1;
        const profit = Number(found.edge.profitInQuote);
        expect(profit).toBeLessThanOrEqual(toNumber(most.profitInQuote) + 1e-6);
        if (given.every(({ sizeStep }) => sizeStep === null)) {
          lotsFreeCount += 1;
          expect(Math.abs(profit - toNumber(most.profitInQuote))).toBeLessThan(1e-6);
        }
        for (const leg of found.legs) {
          const of = all.find(({ market: m }) => m.exchange === leg.exchange);
          const levels = (leg.side === 'buy' ? of?.book.asks : of?.book.bids) ?? [];
          const held = levels.reduce((sum, [, size]) => add(sum, toDecimal(size)), ZERO);
          const size = toDecimal(leg.sizeInBase);
          expect(compare(size, held)).toBeLessThanOrEqual(0);
          const step = of?.market.sizeStep ?? null;
          if (step !== null) expect(compare(floorToStep(size, toDecimal(step)), size)).toBe(0);
        }
        const costs = (found.edge.waterfall?.steps ?? []).filter(({ code }) => code !== 'net');
        const total = costs.reduce(
          (sum, { amountInQuote }) => add(sum, toDecimal(amountInQuote)),
          ZERO,
        );
        expect(compare(total, toDecimal(found.edge.profitInQuote))).toBe(0);
      }),
      { numRuns: 300, seed: 41 },
    );
    expect(foundCount).toBeGreaterThan(100);
    expect(lotsFreeCount).toBeGreaterThan(0);
  });

  async function run(hasMulti: boolean): Promise<readonly OpportunityEvent[]> {
    const events: OpportunityEvent[] = [];
    const quiet = () => undefined;
    const at = (atMs: number, bid: number) => ({
      atMs: START_MS + atMs,
      books: [],
      quotes: [
        quote('a', SYMBOL, 90, 100, { askSize: 3, receivedAtMs: START_MS + atMs }),
        quote('b', SYMBOL, 90, 101, { askSize: 2, receivedAtMs: START_MS + atMs }),
        quote('c', SYMBOL, bid, 120, { bidSize: 4, receivedAtMs: START_MS + atMs }),
      ],
    });
    const pipeline = createPipeline({
      feed: createListFeed({
        source: 'recording',
        markets: ['a', 'b', 'c'].map((exchange) => market(exchange, SYMBOL)),
        batches: [at(0, 103), at(60, 102), at(120, 100.5)],
      }),
      createKernel: createReferenceKernel,
      hasMulti,
      maxSymbolsCount: 2,
      maxExchangesCount: 4,
      bookLevelsCount: 4,
      settings: ANY_PROFIT,
      roundIntervalMs: 0,
      clock: createFakeClock(START_MS),
      telemetry: {
        tracer: trace.getTracer('none'),
        logger: { log: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
      },
      onEvents: (given) => events.push(...given),
    });
    await pipeline.run(new AbortController().signal);
    return events;
  }

  test('lives on the stream beside its pairs, with which it competes, where it is asked for', async () => {
    const multi = (await run(true)).filter(({ opportunity }) => opportunity.kind === 'multi');
    expect(
      multi.map(
        ({ type, opportunity: { symbol, buyExchange, sellExchange, last, closeReason } }) => [
          type,
          symbol,
          buyExchange,
          sellExchange,
          last.profitInQuote,
          closeReason,
        ],
      ),
    ).toEqual([
      ['opened', SYMBOL, 'a', 'c', '11', null],
      ['updated', SYMBOL, 'a', 'c', '7', null],
      ['closed', SYMBOL, 'a', 'c', '7', 'edge_below_threshold'],
    ]);
    expect(multi[0]?.opportunity.competition).toMatchObject({
      exclusive: true,
      competitorsCount: 2,
    });
    expect(multi.at(-1)?.opportunity.life?.survival[0]).toEqual({ afterMs: 50, isThere: true });
    expect((await run(false)).some(({ opportunity }) => opportunity.kind === 'multi')).toBe(false);
  });
});
