import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { priceRiskBps, priceRiskRatio } from '../../../src/detect/transfer/price-risk.ts';
import { toNumber } from '../../../src/domain/money.ts';

const BASE = { volatilityBps: 10, transferMs: 600_000, transferDeviationMs: 0, riskAversion: 2 };

describe('priceRiskBps', () => {
  test('is ½·√(γ + √(γ² + 2γ(γ+1)(γ+2)))·σ·√t without a deviation of the time', () => {
    // By hand for γ = 2: ½·√(2 + √52) = 1.5174899…; σ·√10 min = 31.622776… bps.
    expect(priceRiskBps(BASE)).toBeCloseTo(1.5174899 * 31.6227766, 4);
  });

  test('is zero of the polynomial that the certainty equivalent gives', () => {
    const input = { ...BASE, transferDeviationMs: 300_000, riskAversion: 3 };
    const d = priceRiskBps(input);
    const [gamma, variance, squareOfMean] = [3, 25, 100];
    const second = (gamma * 100 * 10) / 2;
    const fourth = (gamma * (gamma + 1) * (gamma + 2) * 1e4 * (variance + squareOfMean)) / 8;
    expect(d ** 4 - second * d ** 2 - fourth).toBeCloseTo(0, -1);
  });

  test.each([
    ['no risk aversion', { riskAversion: 0 }],
    ['no volatility', { volatilityBps: 0 }],
    ['no time', { transferMs: 0 }],
  ])('is nothing with %s', (_, given) => {
    expect(priceRiskBps({ ...BASE, ...given })).toBe(0);
  });

  test('grows with volatility, time, its deviation and risk aversion', () => {
    const amount = fc.double({ min: 0, max: 1e4, noNaN: true });
    const fields = fc.constantFrom(
      'volatilityBps',
      'transferMs',
      'transferDeviationMs',
      'riskAversion',
    );
    fc.assert(
      fc.property(fields, amount, amount, (field, a, b) => {
        const [least, most] = [Math.min(a, b), Math.max(a, b)];
        const before = priceRiskBps({ ...BASE, [field]: least });
        expect(priceRiskBps({ ...BASE, [field]: most })).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  test('is at most the whole of the proceeds', () => {
    expect(toNumber(priceRiskRatio(10_000))).toBe(1);
    expect(toNumber(priceRiskRatio(25_000))).toBe(1);
    expect(toNumber(priceRiskRatio(47.5))).toBe(0.00475);
  });
});
