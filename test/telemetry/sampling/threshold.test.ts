import { expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  ALWAYS_THRESHOLD,
  higherThreshold,
  isKept,
  isKeptByBits,
  lowerThreshold,
  parseThreshold,
  randomnessOfTraceId,
  toThreshold,
} from '../../../src/telemetry/sampling/threshold.ts';

const TWO_56 = 2n ** 56n;

test.each([
  [1, '0'],
  [0.5, '8'],
  [0.25, 'c'],
  [0.75, '4'],
  [0.1, 'e6666'],
  [0.01, 'fd70a4'],
  [0.001, 'ffbe76d'],
  [2 ** -52, 'fffffffffffff'],
])('a probability of %p is written %s', (probability, text) => {
  expect(toThreshold(probability)?.text).toBe(text);
});

test('what is not above 0 keeps nothing, what is above 1 everything', () => {
  for (const none of [0, -0, -1, Number.NaN, Number.NEGATIVE_INFINITY]) {
    expect(toThreshold(none)).toBeNull();
  }
  for (const all of [1, 1.5, Number.POSITIVE_INFINITY, 1 - 2 ** -53]) {
    expect(toThreshold(all)).toBe(ALWAYS_THRESHOLD);
  }
});

test('the smallest probability is 2^-52', () => {
  expect(toThreshold(Number.MIN_VALUE)?.probability).toBe(2 ** -52);
  expect(toThreshold(2 ** -52)?.adjustedCount).toBe(2 ** 52);
});

test('digits, probability and adjusted count say the same, near to what was asked', () => {
  fc.assert(
    fc.property(fc.double({ min: 2e-11, max: 1, noNaN: true }), (asked) => {
      const threshold = toThreshold(asked);
      const rejected = BigInt(`0x${threshold?.padded}`);
      const exact = Number(TWO_56 - rejected) / Number(TWO_56);
      expect(threshold?.probability).toBeCloseTo(exact, 15);
      expect((threshold?.adjustedCount ?? 0) * exact).toBeCloseTo(1, 12);
      expect(Math.abs(exact / asked - 1)).toBeLessThan(2 ** -15);
      expect(parseThreshold(threshold?.text ?? '')?.padded).toBe(threshold?.padded ?? '');
    }),
    { seed: 3, numRuns: 500 },
  );
});

test('comparing digits is comparing numbers', () => {
  const digits = fc.string({
    unit: fc.constantFrom(...'0123456789abcdef'),
    minLength: 14,
    maxLength: 14,
  });
  fc.assert(
    fc.property(digits, digits, (threshold, randomness) => {
      const parsed = parseThreshold(threshold) ?? ALWAYS_THRESHOLD;
      const isReached = BigInt(`0x${randomness}`) >= BigInt(`0x${threshold}`);
      expect(isKept(parsed, randomness)).toBe(isReached);
      const exact = Number(TWO_56 - BigInt(`0x${threshold}`)) / Number(TWO_56);
      expect(parsed.probability).toBeCloseTo(exact, 15);
    }),
    { seed: 4, numRuns: 500 },
  );
});

test('th has 1 to 14 lower-case hexadecimal digits', () => {
  expect(parseThreshold('0')).toBe(ALWAYS_THRESHOLD);
  expect(parseThreshold('00')).toBe(ALWAYS_THRESHOLD);
  expect(parseThreshold('c0')?.text).toBe('c');
  expect(parseThreshold('f'.repeat(14))?.probability).toBe(2 ** -56);
  for (const bad of ['', 'g', 'C', 'f'.repeat(15), '-1', ' 1']) {
    expect(parseThreshold(bad)).toBeNull();
  }
});

test('a trace keeps its last 14 digits as randomness', () => {
  expect(randomnessOfTraceId('0123456789abcdef0123456789abcdef')).toBe('23456789abcdef');
});

test('of two thresholds the lower keeps more, and none keeps nothing', () => {
  const half = toThreshold(0.5) ?? ALWAYS_THRESHOLD;
  expect(lowerThreshold(half, ALWAYS_THRESHOLD)).toBe(ALWAYS_THRESHOLD);
  expect(higherThreshold(half, ALWAYS_THRESHOLD)).toBe(half);
  expect(lowerThreshold(null, half)).toBe(half);
  expect(lowerThreshold(half, null)).toBe(half);
  expect(lowerThreshold(null, null)).toBeNull();
});

test('randomness in two numbers is compared as its digits are', () => {
  const bits = fc.tuple(
    fc.integer({ min: 0, max: 2 ** 24 - 1 }),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  );
  fc.assert(
    fc.property(bits, bits, ([high, low], [thresholdHigh, thresholdLow]) => {
      const toText = (upper: number, lower: number) =>
        upper.toString(16).padStart(6, '0') + lower.toString(16).padStart(8, '0');
      const threshold = parseThreshold(toText(thresholdHigh, thresholdLow));
      if (threshold === null) throw new Error('expected a threshold');
      const expected = isKept(threshold, toText(high, low));
      expect(isKeptByBits(threshold, high, low)).toBe(expected);
      expect(isKeptByBits(threshold, thresholdHigh, thresholdLow)).toBe(true);
    }),
    { seed: 5, numRuns: 500 },
  );
});
