import { describe, expect, test } from 'bun:test';
import { type ConversionMarket, fromQuote } from '../../../src/detect/conversion/edges.ts';
import { createPegWatch } from '../../../src/detect/conversion/peg-watch.ts';
import { createValuer } from '../../../src/detect/conversion/valuation.ts';
import type { Guard } from '../../../src/detect/guards.ts';
import { market, quote, START_MS } from '../../support/markets.ts';

function quoted(
  symbol: string,
  bid: number,
  ask: number,
  guard: Guard | null = null,
): ConversionMarket {
  return fromQuote(market('a', symbol), quote('a', symbol, bid, ask), guard);
}

function around(middle: number, guard: Guard | null = null): ConversionMarket {
  return quoted('USDC/USD', middle - 0.0001, middle + 0.0001, guard);
}

describe('the value of an asset', () => {
  test('is the middle of the best sale and the best purchase', () => {
    const valuer = createValuer([
      quoted('USDC/USD', 0.96, 0.9602),
      quoted('USDT/USD', 1.0109, 1.011),
      quoted('USDC/USDT', 0.9484, 0.9486),
    ]);
    const value = valuer.valueOf('USDC', 'USD');
    if (!value.found) throw new Error(value.reason);
    expect(value.sellRate).toBeCloseTo(0.96, 12);
    expect(value.buyRate).toBeCloseTo(1.011 * 0.9486, 12);
    expect(value.path).toEqual(['USDC', 'USD']);
    expect(valuer.valueOf('USD', 'USD')).toMatchObject({ rate: 1 });
  });

  test('is not known without usable markets, and says why', () => {
    const valuer = createValuer([around(1, 'stale'), quoted('BTC/EUR', 100, 101)]);
    expect(valuer.valueOf('USDC', 'USD')).toEqual({ found: false, reason: 'no_usable_path' });
    expect(valuer.valueOf('USDC', 'EUR')).toEqual({ found: false, reason: 'no_path' });
    expect(valuer.valueOf('USDC', 'GBP')).toEqual({ found: false, reason: 'asset_unknown' });
  });
});

describe('a peg', () => {
  const PEG = { asset: 'USDC', reference: 'USD' };
  const watchFrom = (...rates: readonly (number | null)[]) => {
    const watch = createPegWatch([PEG], 100);
    const changes = rates.map((rate, index) => {
      const valuer = createValuer([rate === null ? around(1, 'stale') : around(rate)]);
      return watch.observe(valuer, START_MS + index).map(({ isDepegged }) => isDepegged);
    });
    return { watch, changes };
  };

  test('raises an alarm beyond the distance, on both sides, and not at it', () => {
    expect(watchFrom(0.9901).changes).toEqual([[]]);
    expect(watchFrom(0.9899).changes).toEqual([[true]]);
    expect(watchFrom(1.0099).changes).toEqual([[]]);
    expect(watchFrom(1.0101).changes).toEqual([[true]]);
  });

  test('drops it at half of the distance', () => {
    const { changes, watch } = watchFrom(0.98, 0.9949, 0.9951);
    expect(changes).toEqual([[true], [], [false]]);
    expect(watch.states()[0]).toMatchObject({ isDepegged: false, depeggedAtMs: null });
  });

  test('keeps it while the rate is not known', () => {
    const { changes, watch } = watchFrom(0.98, null);
    expect(changes).toEqual([[true], []]);
    expect(watch.states()[0]).toMatchObject({
      rate: null,
      distanceBps: null,
      reason: 'no_usable_path',
      isDepegged: true,
      depeggedAtMs: START_MS,
    });
  });

  test('of an asset that is not traded is left out', () => {
    const watch = createPegWatch([{ asset: 'DAI', reference: 'USD' }], 100);
    expect(watch.observe(createValuer([around(1)]), START_MS)).toEqual([]);
    expect(watch.states()).toEqual([]);
  });
});
