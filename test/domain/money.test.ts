import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  add,
  bpsToRatio,
  ceilToStep,
  compare,
  divide,
  divideUp,
  floorToStep,
  leastCommonMultiple,
  multiply,
  subtract,
  toDecimal,
  toDecimalString,
  toNumber,
} from '../../src/domain/money.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 });

describe('money', () => {
  test('reads numbers, decimal strings and exponents exactly', () => {
    expect(toDecimalString(toDecimal('0.10'))).toBe('0.1');
    expect(toDecimalString(1e-7)).toBe('0.0000001');
    expect(toDecimalString(1e21)).toBe('1000000000000000000000');
    expect(toDecimalString(-1.5e-10)).toBe('-0.00000000015');
    expect(toDecimalString(toDecimal('.5'))).toBe('0.5');
    expect(toDecimalString(-0)).toBe('0');
  });

  test('refuses what is not a finite decimal number', () => {
    for (const value of [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      '',
      '.',
      '1e',
      'abc',
      '1 2',
      '0x10',
    ]) {
      expect(() => toDecimal(value)).toThrow(RangeError);
    }
  });

  test('reads back every number as it was', () => {
    fc.assert(
      fc.property(finite, (value) => toNumber(toDecimal(value)) === (value === 0 ? 0 : value)),
    );
  });

  test('adds and multiplies without rounding', () => {
    expect(toDecimalString(add(toDecimal('0.1'), toDecimal('0.2')))).toBe('0.3');
    expect(toDecimalString(multiply(toDecimal('8900.12345677'), toDecimal(3)))).toBe(
      '26700.37037031',
    );
    expect(toDecimalString(subtract(toDecimal(1), toDecimal('1.000000001')))).toBe('-0.000000001');
    fc.assert(
      fc.property(finite, finite, (a, b) => {
        const sum = add(toDecimal(a), toDecimal(b));
        return compare(subtract(sum, toDecimal(b)), toDecimal(a)) === 0;
      }),
    );
  });

  test('divides towards zero and refuses zero', () => {
    expect(toDecimalString(divide(toDecimal(1), toDecimal(3), 5))).toBe('0.33333');
    expect(toDecimalString(divide(toDecimal('-1'), toDecimal('0.03'), 2))).toBe('-33.33');
    expect(() => divide(toDecimal(1), toDecimal(0), 2)).toThrow(RangeError);
  });

  test('floors to a step, exact multiples included', () => {
    expect(toDecimalString(floorToStep(toDecimal('1.2399'), toDecimal('0.01')))).toBe('1.23');
    expect(toDecimalString(floorToStep(toDecimal('1.24'), toDecimal('0.01')))).toBe('1.24');
    expect(toDecimalString(floorToStep(toDecimal('0.009'), toDecimal('0.01')))).toBe('0');
  });

  test('turns basis points into a ratio', () => {
    expect(toDecimalString(bpsToRatio(25))).toBe('0.0025');
    expect(toDecimalString(bpsToRatio(7.5))).toBe('0.00075');
    expect(toDecimalString(bpsToRatio(-1))).toBe('-0.0001');
  });

  test('finds the least common multiple of two steps', () => {
    const common = (a: string, b: string) =>
      toDecimalString(leastCommonMultiple(toDecimal(a), toDecimal(b)));
    expect(common('0.3', '0.2')).toBe('0.6');
    expect(common('0.001', '0.1')).toBe('0.1');
    expect(common('5', '0.0003')).toBe('15');
  });

  test('rounds up only where something is left', () => {
    const up = (a: string, b: string) => toDecimalString(divideUp(toDecimal(a), toDecimal(b), 2));
    expect([up('1', '4'), up('1', '3'), up('0', '3')]).toEqual(['0.25', '0.34', '0']);
    const toStep = (a: string, b: string) =>
      toDecimalString(ceilToStep(toDecimal(a), toDecimal(b)));
    expect([toStep('1.2', '0.3'), toStep('1.21', '0.3')]).toEqual(['1.2', '1.5']);
  });
});
