import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createRing } from '../../../src/detect/life/ring.ts';
import { robustOf, zScoreOf } from '../../../src/detect/life/robust.ts';
import { createSpreadBook, MIN_SAMPLES_COUNT } from '../../../src/detect/life/spread-book.ts';

const SYMBOL = 'BTC/USD';
const at = (exchange: string, bid: number, ask = bid) => ({ exchange, bid, ask });
const OPTIONS = { windowCount: 100, maxPairsCount: 100 };

describe('the robust middle', () => {
  test('is not moved by a few wild values', () => {
    expect(robustOf([])).toBeNull();
    expect(robustOf([1, 2, 3, 4, 1e9])).toEqual({ median: 3, deviation: 1.4826 });
    expect(zScoreOf(3 + 2 * 1.4826, { median: 3, deviation: 1.4826 })).toBeCloseTo(2, 12);
    expect(zScoreOf(5, { median: 3, deviation: 0 })).toBeNull();
  });

  test('moves with its values and grows with their scale', () => {
    const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(values, fc.integer({ min: -50, max: 50 }), (given, shift) => {
        const plain = robustOf(given);
        const moved = robustOf(given.map((value) => 2 * value + shift));
        expect(moved?.median).toBeCloseTo(2 * (plain?.median ?? 0) + shift, 9);
        expect(moved?.deviation).toBeCloseTo(2 * (plain?.deviation ?? 0), 9);
      }),
    );
  });
});

test('a ring keeps the newest values in order', () => {
  const ring = createRing(3);
  expect([ring.last(), ring.values()]).toEqual([null, []]);
  for (const value of [1, 2, 3]) ring.push(value);
  expect(ring.values()).toEqual([1, 2, 3]);
  ring.push(4);
  expect([ring.last(), ring.values()]).toEqual([4, [2, 3, 4]]);
});

describe('the spreads between exchanges', () => {
  /** A premium of about 50 bps with a little noise, then one sample of `lastBps`. */
  const afterPremium = (lastBps: number, usualCount = MIN_SAMPLES_COUNT - 1) => {
    const book = createSpreadBook(OPTIONS);
    for (let step = 0; step < usualCount; step += 1) {
      book.sample(SYMBOL, [at('a', 10_000), at('b', 10_050 + (step % 3) - 1)]);
    }
    book.sample(SYMBOL, [at('a', 10_000), at('b', 10_000 + lastBps)]);
    return book.read(SYMBOL)?.windows.find(({ buyExchange }) => buyExchange === 'a');
  };

  test('tell a structural premium from a dislocation', () => {
    expect(afterPremium(51)).toMatchObject({ verdict: 'usual', samplesCount: MIN_SAMPLES_COUNT });
    expect(afterPremium(51)?.medianBps).toBeCloseTo(50, 2);
    expect(afterPremium(80)).toMatchObject({ verdict: 'dislocated' });
    expect(afterPremium(50 + 1.4826 * 3.51)?.verdict).toBe('dislocated');
    expect(afterPremium(50 + 1.4826 * 3.49)?.verdict).toBe('usual');
  });

  test('abstain with fewer samples than enough', () => {
    expect(afterPremium(80, MIN_SAMPLES_COUNT - 2)?.verdict).toBe('unknown');
  });

  test('have the arbitrage index: highest over lowest price', () => {
    const book = createSpreadBook(OPTIONS);
    book.sample(SYMBOL, [at('a', 99, 101), at('b', 109, 111), at('c', 104, 106)]);
    book.sample(SYMBOL, [at('a', 100), at('b', 100), at('c', 100)]);
    book.sample('X/Y', [at('a', 1), at('b', 3)]);
    book.sample('alone', [at('a', 1)]);
    expect(book.read(SYMBOL)?.index.latestRatio).toBe(1);
    expect(book.read(SYMBOL)?.index.maxRatio).toBeCloseTo(1.1, 6);
    expect(book.read(SYMBOL)?.exchanges).toEqual(['a', 'b', 'c']);
    expect(book.read(SYMBOL)?.windows).toHaveLength(6);
    expect(book.indexes().map(({ symbol }) => symbol)).toEqual(['X/Y', SYMBOL]);
    expect(book.read('alone')).toBeNull();
  });

  test('are kept for so many pairs, and the others are counted once', () => {
    const book = createSpreadBook({ windowCount: 5, maxPairsCount: 3 });
    for (let step = 0; step < 2; step += 1) {
      book.sample('A/B', [at('a', 1), at('b', 1)]);
      book.sample('C/D', [at('a', 1), at('b', 1)]);
    }
    expect(book.omittedPairsCount).toBe(1);
    expect(book.read('C/D')?.windows).toHaveLength(1);
  });
});
