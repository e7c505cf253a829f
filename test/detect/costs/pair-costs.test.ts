import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { PairSide } from '../../../src/detect/costs/pair-terms.ts';
import { confirmPair, type PairConfirmation } from '../../../src/detect/pair.ts';
import type { DetectionSettings } from '../../../src/detect/settings.ts';
import type { Level } from '../../../src/domain/book.ts';
import type { FeeSide, Market } from '../../../src/domain/market.ts';
import { add, compare, toDecimal, toDecimalString, ZERO } from '../../../src/domain/money.ts';
import type { CostWaterfall } from '../../../src/domain/waterfall.ts';
import { createReferenceKernel } from '../../../src/kernel/reference.ts';
import { amountAt, books, totalOf } from '../../support/ladders.ts';
import { book, market, START_MS } from '../../support/markets.ts';
import { ANY_PROFIT } from '../../support/settings.ts';

const SYMBOL = 'BTC/USD';
const kernel = createReferenceKernel({
  symbolsCount: 1,
  exchangesCount: 2,
  bookSlotsCount: 2,
  bookLevelsCount: 100,
});

interface Case {
  readonly asks: readonly Level[];
  readonly bids: readonly Level[];
  readonly buyMarket?: Partial<Market>;
  readonly sellMarket?: Partial<Market>;
  readonly buyBalance?: string;
  readonly sellBalance?: string;
  readonly settings?: Partial<DetectionSettings>;
  readonly minEdgeBps?: number;
}

function confirm(given: Case): PairConfirmation {
  const buy: PairSide = {
    market: market('cheap', SYMBOL, given.buyMarket),
    book: book('cheap', SYMBOL, [[0.01, 1]], given.asks),
    balance: given.buyBalance ?? null,
  };
  const sell: PairSide = {
    market: market('dear', SYMBOL, given.sellMarket),
    book: book('dear', SYMBOL, given.bids, [[1e9, 1]]),
    balance: given.sellBalance ?? null,
  };
  const settings = { ...ANY_PROFIT, ...given.settings };
  return confirmPair(kernel, buy, sell, given.minEdgeBps ?? 0, settings, START_MS);
}

function find(given: Case) {
  const confirmation = confirm(given);
  if (!confirmation.found) throw new Error(`expected an edge, got ${confirmation.reason}`);
  const { edge, legs } = confirmation;
  if (edge.waterfall === undefined) throw new Error('expected a waterfall');
  return { edge, legs, waterfall: edge.waterfall };
}

function sumOf({ steps }: CostWaterfall): string {
  const sum = steps
    .filter(({ code }) => code !== 'net')
    .reduce((total, { amountInQuote }) => add(total, toDecimal(amountInQuote)), ZERO);
  return toDecimalString(sum);
}

const TWO_LEVELS: Case = {
  asks: [
    [100, 1],
    [100.5, 1],
  ],
  bids: [
    [102, 1],
    [101.8, 5],
  ],
};

describe('the waterfall', () => {
  test('goes from the gross spread over depth and fees to the net profit', () => {
    const { edge, waterfall } = find({
      ...TWO_LEVELS,
      buyMarket: { takerBps: 10 },
      sellMarket: { takerBps: 20 },
    });
    const amounts = waterfall.steps.map(({ code, exchange, amountInQuote }) => [
      code,
      exchange,
      amountInQuote,
    ]);
    expect(amounts).toEqual([
      ['gross', null, '4'],
      ['depth', 'cheap', '-0.5'],
      ['depth', 'dear', '-0.2'],
      ['trading_fee', 'cheap', '-0.2005'],
      ['trading_fee', 'dear', '-0.4076'],
      ['lots', null, '0'],
      ['fixed', null, '0'],
      ['net', null, '2.6919'],
    ]);
    expect(edge.profitInQuote).toBe('2.6919');
    expect(waterfall.steps.at(-1)?.bps).toBe(edge.edgeBps);
    expect(waterfall.breakEvenSizeInBase).toBeNull();
  });

  test('gives the taker fee at which the size earns nothing', () => {
    const { waterfall, edge } = find(TWO_LEVELS);
    const fee = waterfall.breakEvenTakerBps / 10_000;
    const size = Number(edge.sizeInBase);
    const bought = amountAt(TWO_LEVELS.asks, size);
    const sold = amountAt(TWO_LEVELS.bids, size);
    expect(sold * (1 - fee) - bought * (1 + fee)).toBeCloseTo(0, 8);
  });

  test('charges fixed costs, and gives the size that earns them', () => {
    const priced = find({ ...TWO_LEVELS, settings: { fixedCostInQuote: 1 } });
    expect(priced.edge.profitInQuote).toBe('2.3');
    expect(priced.waterfall.breakEvenSizeInBase).toBe('0.5');
    const at = (fixedCostInQuote: number) =>
      confirm({ ...TWO_LEVELS, settings: { fixedCostInQuote } });
    expect(at(3.29).found).toBe(true);
    expect(at(3.3)).toEqual({ found: false, reason: 'edge_below_threshold' });
  });

  test.each<[FeeSide, FeeSide, string, string]>([
    ['quote', 'quote', '0.1', '0.102'],
    ['get', 'get', '0.1001001001002', '0.102'],
    ['base', 'base', '0.1002002002003', '0.1'],
    ['give', 'give', '0.1001', '0.1'],
  ])('takes fees on side %p and %p', (buySide, sellSide, buyFee, sellFee) => {
    const { edge, legs, waterfall } = find({
      asks: [[100, 9]],
      bids: [[102, 9]],
      buyMarket: { takerBps: 10, feeSide: buySide },
      sellMarket: { takerBps: 10, feeSide: sellSide },
      settings: { maxSizeInBase: 1 },
    });
    expect(edge.sizeInBase).toBe('1');
    expect(legs.map(({ feeInQuote }) => feeInQuote)).toEqual([buyFee, sellFee]);
    expect(sumOf(waterfall)).toBe(edge.profitInQuote);
  });

  test('buys so much more that what is left after a fee in base units covers the sale', () => {
    const { legs, waterfall } = find({
      asks: [[100, 9]],
      bids: [[102, 9]],
      buyMarket: { takerBps: 100, feeSide: 'get', sizeStep: '0.01' },
      sellMarket: { sizeStep: '0.5' },
      settings: { maxSizeInBase: 2 },
    });
    expect(legs.map(({ sizeInBase }) => sizeInBase)).toEqual(['1.52', '1.5']);
    expect(waterfall.steps.find(({ code }) => code === 'lots')?.amountInQuote).toBe('-0.48');
  });
});

describe('sizes', () => {
  const deep: Case = { asks: [[100, 7]], bids: [[101, 7]] };

  test('are multiples of both steps at once', () => {
    const sized = (buyStep: string, sellStep: string) =>
      find({ ...deep, buyMarket: { sizeStep: buyStep }, sellMarket: { sizeStep: sellStep } }).edge
        .sizeInBase;
    expect(sized('0.3', '0.2')).toBe('6.6');
    expect(sized('0.2', '0.3')).toBe('6.6');
    expect(sized('2', '3')).toBe('6');
    expect(confirm({ ...deep, buyMarket: { sizeStep: '8' } })).toEqual({
      found: false,
      reason: 'book_too_thin',
    });
  });

  test('are one step up where the rest of the step earns more than the part beyond the optimum loses', () => {
    const up: Case = {
      asks: [
        [100, 1.9],
        [101.01, 5],
      ],
      bids: [[101, 9]],
      buyMarket: { sizeStep: '1' },
    };
    expect(find(up).edge.sizeInBase).toBe('2');
    expect(find({ ...up, settings: { maxSizeInBase: 1.99 } }).edge.sizeInBase).toBe('1');
  });

  test('are the least that both markets accept where the optimum is under it', () => {
    const small: Case = {
      asks: [
        [100, 1],
        [101.1, 5],
      ],
      bids: [[101, 9]],
    };
    expect(find({ ...small, sellMarket: { minSizeInBase: '2' } }).edge.sizeInBase).toBe('2');
    expect(find({ ...small, buyMarket: { minCostInQuote: '201.1' } }).edge.sizeInBase).toBe('2');
    expect(confirm({ ...small, sellMarket: { minSizeInBase: '6.01' } })).toEqual({
      found: false,
      reason: 'book_too_thin',
    });
    const losing = { ...small, asks: [[100, 0.01] as Level, [101.1, 5] as Level] };
    expect(confirm({ ...losing, sellMarket: { minSizeInBase: '2' } })).toEqual({
      found: false,
      reason: 'edge_below_threshold',
    });
  });

  test.each<[string, Partial<Case>, string]>([
    ['the most base units of the bought leg', { buyMarket: { maxSizeInBase: '3' } }, '3'],
    ['the most base units of the sold leg', { sellMarket: { maxSizeInBase: '3' } }, '3'],
    ['the most cost of the bought leg', { buyMarket: { maxCostInQuote: '300' } }, '3'],
    ['the most cost of the sold leg', { sellMarket: { maxCostInQuote: '303' } }, '3'],
    ['the quote balance', { buyBalance: '300' }, '3'],
    ['the base balance', { sellBalance: '3' }, '3'],
    ['the configured size', { settings: { maxSizeInBase: 3 } }, '3'],
    ['the configured notional', { settings: { maxNotionalInQuote: 300 } }, '3'],
  ])('keep to %s', (_, limit, size) => {
    expect(find({ ...deep, ...limit }).edge.sizeInBase).toBe(size);
    const step = { sizeStep: '0.9' };
    const stepped = { ...deep, ...limit, buyMarket: { ...limit.buyMarket, ...step } };
    expect(find(stepped).edge.sizeInBase).toBe('2.7');
  });
});

const FEE_SIDES = fc.constantFrom<FeeSide>('quote', 'get', 'give', 'base');
const STEPS = fc.constantFrom(null, '0.1', '0.2', '0.3', '1');
const FEES = fc.integer({ min: 0, max: 40 });

describe('over random books', () => {
  test('waterfalls add up, no level gives more than it holds, and no leg breaks its lots', () => {
    fc.assert(
      fc.property(books(), FEES, FEE_SIDES, FEE_SIDES, STEPS, STEPS, (sides, fee, f, g, a, b) => {
        const confirmation = confirm({
          ...sides,
          buyMarket: { takerBps: fee, feeSide: f, sizeStep: a },
          sellMarket: { takerBps: fee, feeSide: g, sizeStep: b },
        });
        if (!confirmation.found || confirmation.edge.waterfall === undefined) return;
        const [bought, sold] = confirmation.legs;
        expect(sumOf(confirmation.edge.waterfall)).toBe(confirmation.edge.profitInQuote);
        expect(Number(bought.sizeInBase)).toBeLessThanOrEqual(totalOf(sides.asks) + 1e-9);
        expect(Number(sold.sizeInBase)).toBeLessThanOrEqual(totalOf(sides.bids) + 1e-9);
        for (const [size, step] of [
          [bought.sizeInBase, a],
          [sold.sizeInBase, b],
        ] as const) {
          const lots = step === null ? 0 : Number(size) / Number(step);
          expect(Math.abs(lots - Math.round(lots))).toBeLessThan(1e-9);
        }
      }),
    );
  });

  test('no multiple of the common step earns more', () => {
    fc.assert(
      fc.property(books(), FEES, STEPS, STEPS, ({ asks, bids }, takerBps, a, b) => {
        const confirmation = confirm({
          asks,
          bids,
          buyMarket: { takerBps, sizeStep: a },
          sellMarket: { takerBps, sizeStep: b },
        });
        const found = confirmation.found ? Number(confirmation.edge.profitInQuote) : 0;
        const fee = takerBps / 10_000;
        for (let tenths = 6; tenths <= 10 * Math.min(totalOf(asks), totalOf(bids)); tenths += 6) {
          const size = tenths / 10;
          const isLot = [a, b].every((step) => step !== '1') || tenths % 30 === 0;
          const profit = amountAt(bids, size) * (1 - fee) - amountAt(asks, size) * (1 + fee);
          if (isLot) expect(found).toBeGreaterThanOrEqual(profit - 1e-9);
        }
      }),
    );
  });

  test('the net profit never grows with a fee', () => {
    fc.assert(
      fc.property(books(), FEES, FEES, STEPS, FEE_SIDES, (sides, f, g, sizeStep, feeSide) => {
        const profitAt = (buyBps: number, sellBps: number) => {
          const confirmation = confirm({
            ...sides,
            buyMarket: { takerBps: buyBps, sizeStep, feeSide },
            sellMarket: { takerBps: sellBps, sizeStep },
          });
          return toDecimal(confirmation.found ? confirmation.edge.profitInQuote : '0');
        };
        const profit = profitAt(f, g);
        // Where the fee is taken in base units, sizes are rounded at 12 places.
        const rounding = toDecimal('0.000000001');
        expect(compare(profitAt(f + 1, g), add(profit, rounding))).toBeLessThanOrEqual(0);
        expect(compare(profitAt(f, g + 1), add(profit, rounding))).toBeLessThanOrEqual(0);
      }),
    );
  });
});
