import { describe, expect, test } from 'bun:test';
import { scaledReturnBps, volatilityBpsOf } from '../../../src/detect/transfer/volatility.ts';
import {
  createVolatilityBook,
  MIN_RETURNS_COUNT,
} from '../../../src/detect/transfer/volatility-book.ts';
import { START_MS } from '../../support/markets.ts';

const SIGMA_BPS = 8;

/** Standard normal numbers, always the same (Box and Muller, over a linear congruential generator). */
function normals(count: number): readonly number[] {
  let state = 12_345;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 4_294_967_296;
  };
  return Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

describe('volatilityBpsOf', () => {
  const returns = normals(4_000).map((each) => each * SIGMA_BPS);

  test('finds the volatility of normal returns', () => {
    expect(volatilityBpsOf(returns) / SIGMA_BPS).toBeCloseTo(1, 1);
  });

  test('does not mind single jumps', () => {
    const withJumps = returns.map((each, index) => (index % 200 === 100 ? each + 5_000 : each));
    expect(volatilityBpsOf(withJumps) / volatilityBpsOf(returns)).toBeLessThan(1.03);
  });

  test('is zero for a price that does not move', () => {
    expect(volatilityBpsOf([0, 0, 0, 0])).toBe(0);
  });
});

describe('scaledReturnBps', () => {
  test('is per square root of a minute', () => {
    const [a, b] = [
      { atMs: START_MS, price: 100 },
      { atMs: START_MS + 240_000, price: 100 * Math.exp(0.002) },
    ];
    expect(scaledReturnBps(a, b)).toBeCloseTo(10, 4);
    expect(scaledReturnBps(b, { ...a, atMs: b.atMs + 240_000 })).toBeCloseTo(-10, 4);
  });
});

describe('createVolatilityBook', () => {
  const options = { intervalMs: 1_000, windowCount: 20, fixedBps: null };
  const priceAt = (index: number) => 100 * Math.exp(index % 2 === 0 ? 0 : 0.001);

  test('says nothing with one sample too few, and something with the next', () => {
    const book = createVolatilityBook(options);
    const observe = (index: number) =>
      book.observe('A/B', { atMs: START_MS + index * 1_000, price: priceAt(index) });
    for (let index = 0; index < MIN_RETURNS_COUNT; index += 1) observe(index);
    expect(book.read('A/B')).toEqual({
      volatilityBps: null,
      samplesCount: MIN_RETURNS_COUNT,
      neededCount: MIN_RETURNS_COUNT + 1,
    });
    observe(MIN_RETURNS_COUNT);
    expect(book.read('A/B').volatilityBps).toBeGreaterThan(0);
  });

  test('takes a sample after the interval and not a millisecond before', () => {
    const book = createVolatilityBook(options);
    book.observe('A/B', { atMs: START_MS, price: 100 });
    expect(book.isDue('A/B', START_MS + 999)).toBe(false);
    expect(book.isDue('A/B', START_MS + 1_000)).toBe(true);
    book.observe('A/B', { atMs: START_MS + 999, price: 101 });
    expect(book.read('A/B').samplesCount).toBe(1);
    book.observe('A/B', { atMs: START_MS + 1_000, price: 101 });
    expect(book.read('A/B').samplesCount).toBe(2);
  });

  test('forgets what is older than its window', () => {
    const book = createVolatilityBook(options);
    const observe = (index: number, price: number) =>
      book.observe('A/B', { atMs: START_MS + index * 1_000, price });
    for (let index = 0; index < 30; index += 1) observe(index, priceAt(Math.min(index, 20)));
    expect(book.read('A/B').volatilityBps).toBeGreaterThan(0);
    for (let index = 30; index < 45; index += 1) observe(index, priceAt(20));
    expect(book.read('A/B')).toMatchObject({ volatilityBps: 0, samplesCount: 21 });
  });

  test('a configured volatility holds for every symbol, at once', () => {
    const book = createVolatilityBook({ ...options, fixedBps: 7 });
    expect(book.read('A/B').volatilityBps).toBe(7);
    expect(book.isDue('A/B', START_MS)).toBe(false);
  });
});
