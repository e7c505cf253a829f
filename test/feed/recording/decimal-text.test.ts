import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseDecimal, toDecimalText } from '../../../src/feed/recording/decimal-text.ts';

describe('decimal text', () => {
  test.each([
    [0, '0'],
    [0.1, '0.1'],
    [1e-7, '0.0000001'],
    [1.5e-10, '0.00000000015'],
    [1e21, '1000000000000000000000'],
    [1.25e22, '12500000000000000000000'],
    [3585.97175077, '3585.97175077'],
  ])('%d is %s', (value, text) => {
    expect(toDecimalText(value)).toBe(text);
  });

  test('every finite number reads back bit for bit, without an exponent', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = toDecimalText(value);
        expect(text).toMatch(/^\d+(\.\d+)?$/);
        expect(parseDecimal(text)).toBe(value);
      }),
    );
  });

  test('what is not finite has no decimal text', () => {
    expect(() => toDecimalText(Number.NaN)).toThrow(RangeError);
    expect(() => toDecimalText(Number.POSITIVE_INFINITY)).toThrow(RangeError);
  });

  test('other text and other values are not decimals', () => {
    const texts = ['', ' 1', '1 ', '+1', '-1', '.5', '5.', '1_0', '0x1', 'Infinity', '1e400'];
    for (const value of [...texts, -1, true, null, [1]]) expect(parseDecimal(value)).toBeNull();
  });

  test('negative zero becomes zero', () => {
    expect(Object.is(parseDecimal(-0), 0)).toBe(true);
  });
});
