import { describe, expect, test } from 'bun:test';
import {
  formatAge,
  formatBps,
  formatCode,
  formatCount,
  formatDecimal,
  formatDuration,
  formatExchange,
  formatMoney,
} from '../../../src/web/page/format.ts';

/** Units are set off by a thin space that does not break. */
const plain = (text: string) => text.replaceAll('\u202f', ' ').replaceAll('\u2212', '-');

describe('formats for people', () => {
  test.each([
    [-5, '0.0 s'],
    [440, '0.4 s'],
    [9_940, '9.9 s'],
    [10_000, '10 s'],
    [59_999, '59 s'],
    [60_000, '1 m 00 s'],
    [3_599_999, '59 m 59 s'],
    [3_600_000, '1 h 00 m'],
    [47.99 * 3_600_000, '47 h 59 m'],
    [48 * 3_600_000, '2 d 00 h'],
  ])('an age of %d ms is %s', (ms, text) => {
    expect(plain(formatAge(ms))).toBe(text);
  });

  test.each([
    [0.018, '18 µs'],
    [0.9996, '1000 µs'],
    [1, '1.00 ms'],
    [45.67, '45.7 ms'],
    [146, '146 ms'],
    [1_250, '1.25 s'],
  ])('a duration of %d ms is %s', (ms, text) => {
    expect(plain(formatDuration(ms))).toBe(text);
  });

  test('basis points have a sign', () => {
    expect([12.44, -3, 0, 120.4].map((bps) => plain(formatBps(bps)))).toEqual([
      '+12.4',
      '-3.0',
      '+0.0',
      '+120',
    ]);
  });

  test('decimals are cut, grouped and never in exponents', () => {
    expect(formatDecimal('64123.456789')).toBe('64,123.5');
    expect(formatDecimal('0.00000012345678', 5)).toBe('0.00000012346');
    expect(plain(formatMoney('-1204.5'))).toBe('-1,204.50');
    expect(formatMoney('0.43125')).toBe('0.4313');
    expect(formatMoney('0')).toBe('0.00');
    expect(formatMoney('0.0001')).toBe('0.0001');
    expect(plain(formatMoney('-0.00000843'))).toBe('-0.0000084');
  });

  test('counts, codes and names are short', () => {
    expect([9_999, 34_500, 1_240_000].map(formatCount)).toEqual(['9,999', '34.5k', '1.2M']);
    expect(formatCode('edge_below_threshold')).toBe('edge below threshold');
    expect(formatExchange('synthetic-vega')).toBe('vega');
    expect(formatExchange('kraken')).toBe('kraken');
  });
});
