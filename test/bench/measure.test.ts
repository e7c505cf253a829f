import { expect, test } from 'bun:test';
import type { BenchRow, BenchVariant } from '../../bench/bench.ts';
import { judgeRow } from '../../bench/budgets.ts';
import { type MeasureOptions, measureRow, median, ratioOf, toResult } from '../../bench/measure.ts';
import { createRandom } from '../../bench/random.ts';
import { formatNs, formatRow } from '../../bench/report.ts';
import { orderOfTurn } from '../../bench/turns.ts';

/** A clock that a variant's run moves on: figures are exact. */
function createBenchClock() {
  let nowMs = 0;
  const order: string[] = [];
  const variant = (name: string, costMs: number, answer: unknown): BenchVariant => ({
    name,
    role: name === 'slow' ? 'peer' : 'ours',
    run: () => {
      order.push(name);
      nowMs += costMs;
    },
    answer: () => answer,
  });
  const options: MeasureOptions = {
    roundsCount: 3,
    sampleMs: 4,
    warmUpMs: 10,
    monotonicMs: () => nowMs,
  };
  return { variant, options, order };
}

const toRow = (variants: readonly BenchVariant[]): BenchRow => ({
  name: 'row',
  question: 'How long?',
  input: 'none',
  notMeasured: 'nothing',
  operationsCount: 10,
  variants,
});

test('times are medians per operation, and a ratio compares round by round', async () => {
  const { variant, options } = createBenchClock();
  const result = await measureRow(toRow([variant('slow', 4, 1), variant('fast', 1, 1)]), options);
  const [slow, fast] = result.variants;
  expect(slow?.median).toBe(400_000);
  expect(fast?.median).toBe(100_000);
  expect(slow?.samples).toHaveLength(3);
  if (slow === undefined || fast === undefined) throw new Error('BUG: two variants went in');
  expect(ratioOf(fast, slow)).toBe(0.25);
});

test('variants are interleaved, and none runs twice in a row', async () => {
  const { variant, options, order } = createBenchClock();
  const variants = ['a', 'b', 'c'].map((name) => variant(name, 4, 1));
  await measureRow(toRow(variants), options);
  expect(order.slice(-9).join('')).toBe('abcacbcab');
});

test.each([1, 2, 3, 8, 11])(
  'of %d variants each has at least half of the places, and none follows itself',
  (count) => {
    const items = Array.from({ length: count }, (_, index) => `v${index}`);
    const turns = Array.from({ length: 2 * count }, (_, turn) => orderOfTurn(items, turn - 3));
    for (const order of turns) {
      expect(order.map(([place]) => items[place])).toEqual(order.map(([, item]) => item));
      expect(order.map(([, item]) => item).toSorted()).toEqual(items.toSorted());
    }
    const sequence = turns.flatMap((order) => order.map(([, item]) => item));
    const repeats = sequence.filter((item, index) => index > 0 && item === sequence[index - 1]);
    expect(repeats.length).toBe(count === 1 ? 1 : 0);
    for (const item of count > 2 ? items : []) {
      const places = new Set(turns.map((order) => order.findIndex(([, each]) => each === item)));
      expect(places.size).toBeGreaterThanOrEqual(Math.floor(count / 2));
    }
  },
);

test('variants that answer differently are refused before timing', async () => {
  const { variant, options, order } = createBenchClock();
  const row = toRow([variant('slow', 1, [1]), variant('fast', 1, [2])]);
  await expect(measureRow(row, options)).rejects.toThrow(
    'row: "fast" answers differently from "slow"',
  );
  expect(order).toEqual([]);
});

test('asynchronous variants are awaited, one run after the other', async () => {
  const { variant, options, order } = createBenchClock();
  const toAsync = (sync: BenchVariant): BenchVariant => ({
    ...sync,
    run: async () => {
      order.push('begin');
      await Promise.resolve();
      sync.run();
    },
    answer: async () => sync.answer?.(),
  });
  const variants = [variant('slow', 4, 1), variant('fast', 2, 1)].map(toAsync);
  const result = await measureRow({ ...toRow(variants), isAsync: true }, options);
  expect(result.variants.map(({ median }) => median)).toEqual([400_000, 200_000]);
  expect(order.every((step, index) => (step === 'begin') === (index % 2 === 0))).toBe(true);
  const different = [variant('slow', 1, 1), variant('fast', 1, 2)].map(toAsync);
  const row = { ...toRow(different), isAsync: true };
  await expect(measureRow(row, options)).rejects.toThrow('answers differently');
});

test('a budget is kept at its limit and broken above it', async () => {
  const { variant, options } = createBenchClock();
  const result = await measureRow(toRow([variant('slow', 4, 1), variant('fast', 1, 1)]), options);
  const budget = { bench: 'b', row: 'row', variant: 'fast', over: 'slow', maxRatio: 0.25 };
  const judge = (changes: object) => judgeRow('b', result, [{ ...budget, ...changes }], 'bun');
  expect(judge({}).map((verdict) => verdict.outcome)).toEqual(['kept']);
  expect(judge({ maxRatio: 0.249 }).map((verdict) => verdict.outcome)).toEqual(['broken']);
  expect(judge({ maxNs: 100_000 }).map((verdict) => verdict.outcome)).toEqual(['kept', 'kept']);
  expect(judge({ runtimes: ['deno'] })).toEqual([]);
  expect(judge({ row: 'another' })).toEqual([]);
  expect(() => judge({ variant: 'gone' })).toThrow('row row has no variant "gone"');
});

test('a time that is broken where its row keeps its ratios is told as that of a slow machine', async () => {
  const { variant, options } = createBenchClock();
  const result = await measureRow(toRow([variant('slow', 4, 1), variant('fast', 1, 1)]), options);
  const tellOf = (maxNs: number, maxRatio: number) => {
    const budget = { bench: 'b', row: 'row', variant: 'fast', over: 'slow', maxNs, maxRatio };
    return formatRow('b', result, judgeRow('b', result, [budget], 'bun'));
  };
  expect(tellOf(99_999, 0.25)).toContain('a slower machine');
  expect(tellOf(99_999, 0.249)).not.toContain('a slower machine');
  expect(tellOf(100_000, 0.25)).not.toContain('a slower machine');
});

test('a target that is missed as known is told and fails nothing until it gets worse', async () => {
  const { variant, options } = createBenchClock();
  const result = await measureRow(toRow([variant('slow', 4, 1), variant('fast', 1, 1)]), options);
  const judgeUpTo = (upTo: number, maxRatio = 0.2) => {
    const missed = { obstacle: 'it is slow', upTo };
    const budget = { bench: 'b', row: 'row', variant: 'fast', over: 'slow', maxRatio, missed };
    return judgeRow('b', result, [budget], 'bun');
  };
  expect(judgeUpTo(0.25).map(({ outcome }) => outcome)).toEqual(['missed']);
  expect(judgeUpTo(0.249).map(({ outcome }) => outcome)).toEqual(['broken']);
  expect(judgeUpTo(0.3, 0.25).map(({ outcome }) => outcome)).toEqual(['kept']);
  expect(formatRow('b', result, judgeUpTo(0.25))).toContain(
    'at most 0.200×, measured 0.250×: MISSED (known up to 0.250×: it is slow)',
  );
});

test('sizes are judged in bytes', () => {
  const variants = [toResult({ name: 'bundle', role: 'ours' }, [20_000])];
  const result = { ...toRow([]), unit: 'B' as const, variants };
  const judge = (maxBytes: number) =>
    judgeRow('b', result, [{ bench: 'b', row: 'row', variant: 'bundle', maxBytes }], 'bun');
  expect(judge(20_000).map(({ outcome }) => outcome)).toEqual(['kept']);
  expect(judge(19_999).map(({ outcome }) => outcome)).toEqual(['broken']);
  expect(formatRow('b', result, judge(20_000))).toContain('at most 20.0 kB');
});

test('the table names the question, the medians, the ratios and the verdict', async () => {
  const { variant, options } = createBenchClock();
  const result = await measureRow(toRow([variant('slow', 4, 1), variant('fast', 1, 1)]), options);
  const budget = { bench: 'b', row: 'row', variant: 'fast', over: 'slow', maxRatio: 0.2 };
  const table = formatRow('b', result, judgeRow('b', result, [budget], 'bun'));
  expect(table).toContain('b/row: How long?');
  expect(table).toContain('0.250×');
  expect(table).toContain('fast ÷ slow at most 0.200×, measured 0.250×: BROKEN');
  expect([0.5, 1500, 2_500_000].map((value) => formatNs(value).trim())).toEqual([
    '0.5 ns',
    '1.50 µs',
    '2.50 ms',
  ]);
});

test('the median is the middle value, and of an even number the lower middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2);
  expect(() => median([])).toThrow(RangeError);
});

test('the same seed gives the same numbers', () => {
  const numbers = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 5 }, () => random.below(1000));
  };
  expect(numbers(1)).toEqual(numbers(1));
  expect(numbers(1)).not.toEqual(numbers(2));
});
