import { describe, expect, test } from 'bun:test';
import { isShardOf, shardOf } from '../../src/domain/shards.ts';

const SYMBOLS = Array.from({ length: 3_000 }, (_, index) => `A${index}/USDT`);

describe('the shard of a symbol', () => {
  test('is always the same, and the only one when there is one', () => {
    expect(SYMBOLS.slice(0, 4).map((symbol) => shardOf(symbol, 8))).toEqual(
      SYMBOLS.slice(0, 4).map((symbol) => shardOf(symbol, 8)),
    );
    expect(new Set(SYMBOLS.map((symbol) => shardOf(symbol, 1)))).toEqual(new Set([0]));
  });

  test('shares symbols out evenly', () => {
    const counts = Array.from({ length: 8 }, () => 0);
    for (const symbol of SYMBOLS) {
      const shard = shardOf(symbol, 8);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    // Five standard deviations of a fair share of 375.
    for (const count of counts) expect(Math.abs(count - 375)).toBeLessThan(91);
  });

  test('stays with one shard more, unless that one gets it', () => {
    for (const symbol of SYMBOLS) {
      expect([shardOf(symbol, 8), 8]).toContain(shardOf(symbol, 9));
    }
  });

  test('is one of those asked for, or not', () => {
    const isOurs = isShardOf([0, 2], 4);
    for (const symbol of SYMBOLS) {
      expect(isOurs(symbol)).toBe([0, 2].includes(shardOf(symbol, 4)));
      expect(isOurs(symbol)).toBe([0, 2].includes(shardOf(symbol, 4)));
    }
    expect(isShardOf([], 4)('BTC/USDT')).toBe(false);
  });
});
