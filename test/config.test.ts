import { describe, expect, test } from 'bun:test';
import { parseConfig } from '../src/config.ts';
import { SpreadscopeError } from '../src/domain/errors.ts';
import { VARIABLES } from '../src/variables.ts';

function refusal(env: Record<string, unknown>): SpreadscopeError {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof SpreadscopeError) return error;
  }
  throw new Error('expected a refusal');
}

describe('parseConfig', () => {
  test('gives every default for an empty environment, frozen', () => {
    const config = parseConfig({});
    expect(config.feed).toBe('ccxt');
    expect(config.port).toBe(8787);
    expect(config.takerBps).toBeNull();
    expect(config.databaseUrl).toBeNull();
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('treats empty and blank as unset, and ignores bindings that are not text', () => {
    const config = parseConfig({ PORT: '', FEED: '  ', MAX_AGE_MS: { binding: true } });
    expect(config.port).toBe(8787);
    expect(config.maxAgeMs).toBe(5000);
  });

  test('reads lists without blanks or repeats, and auto', () => {
    expect(parseConfig({ EXCHANGES: 'kraken, okx,,kraken' }).exchanges).toEqual(['kraken', 'okx']);
    expect(parseConfig({ SYMBOLS: 'auto' }).symbols).toBe('auto');
  });

  test('takes 2 to 5 legs', () => {
    expect(parseConfig({}).maxLegs).toBe(4);
    expect(parseConfig({ MAX_LEGS: '2' }).maxLegs).toBe(2);
    expect(parseConfig({ MAX_LEGS: '5' }).maxLegs).toBe(5);
    expect(refusal({ MAX_LEGS: '1' }).message).toContain('MAX_LEGS');
    expect(refusal({ MAX_LEGS: '6' }).message).toContain('MAX_LEGS');
  });

  test('reads off and 0 as no limit where that is meant', () => {
    expect(parseConfig({ MAX_AGE_MS: 'off' }).maxAgeMs).toBe(Number.POSITIVE_INFINITY);
    expect(parseConfig({ MAX_NOTIONAL: '0' }).maxNotionalInQuote).toBe(Number.POSITIVE_INFINITY);
    expect(parseConfig({ FIXED_COST: '0.5' }).fixedCostInQuote).toBe(0.5);
    expect(parseConfig({ RETENTION_DAYS: '0' }).retentionDays).toBe(Number.POSITIVE_INFINITY);
  });

  test('reads pegs and the distance that raises an alarm', () => {
    expect(parseConfig({ PEGS: 'USDC/USD' }).pegs).toEqual([{ asset: 'USDC', reference: 'USD' }]);
    expect(parseConfig({ DEPEG_BPS: 'off' }).depegBps).toBe(Number.POSITIVE_INFINITY);
    expect(refusal({ PEGS: 'USDC/USDC' }).message).toBe(
      'PEGS: expected ASSET/REFERENCE such as USDC/USD, got "USDC/USDC"',
    );
  });

  test('reads roles: a detector has a remote feed, both have a secret', () => {
    const secret = { MARKET_TOKEN: 'sixteen-or-more.' };
    expect(parseConfig({})).toMatchObject({ role: 'all', feed: 'ccxt', market: null });
    expect(parseConfig({ ROLE: 'market', FEED: 'synthetic', ...secret })).toMatchObject({
      ...{ role: 'market', feed: 'synthetic' },
      market: { url: null, token: 'sixteen-or-more.' },
    });
    const detector = { ROLE: 'detector', MARKET_URL: 'http://market:8787', ...secret };
    expect(parseConfig(detector)).toMatchObject({
      ...{ role: 'detector', feed: 'remote' },
      market: { url: 'http://market:8787', token: 'sixteen-or-more.' },
    });
    expect(refusal({ ROLE: 'market' }).message).toContain('MARKET_TOKEN: expected a value');
    expect(refusal({ ROLE: 'detector', ...secret }).message).toContain('MARKET_URL: expected');
    expect(refusal({ ...detector, FEED: 'ccxt' }).message).toContain('FEED: expected remote');
    expect(refusal({ FEED: 'remote' }).message).toContain('ROLE: expected detector');
    const short = refusal({ ...detector, MARKET_TOKEN: 'fifteen-letters' });
    expect(short.message).toContain('MARKET_TOKEN: expected 16');
    expect(short.message).not.toContain('fifteen');
  });

  test('reads shards, which need a Redis', () => {
    expect(parseConfig({}).shards).toBeNull();
    const url = 'rediss://:hunter2@redis:6379';
    expect(parseConfig({ DETECTOR_SHARDS: '8', REDIS_URL: url }).shards).toEqual({
      ...{ count: 8, leaseMs: 6_000, redisUrl: url },
    });
    const upstash = {
      UPSTASH_REDIS_REST_URL: 'https://redis.example',
      UPSTASH_REDIS_REST_TOKEN: 'hunter2',
    };
    expect(parseConfig({ DETECTOR_SHARDS: '8', ...upstash }).shards?.redisUrl).toBeNull();
    expect(refusal({ DETECTOR_SHARDS: '8' }).message).toContain('REDIS_URL: expected a value');
    const wrong = refusal({ REDIS_URL: 'http://:hunter2@redis' });
    expect(wrong.message).toBe(
      'REDIS_URL: expected a redis:// or rediss:// URL, got something else',
    );
  });

  test('names the variable and what was expected', () => {
    const error = refusal({ PORT: '70000' });
    expect(error.code).toBe('config_invalid');
    expect(error.message).toBe('PORT: expected a whole number from 0 to 65535, got "70000"');
    expect(refusal({ FEED: 'magic' }).message).toContain('FEED: expected one of ccxt, synthetic');
    expect(refusal({ OPEN_EDGE_BPS: '1', CLOSE_EDGE_BPS: '2' }).message).toContain(
      'CLOSE_EDGE_BPS',
    );
  });

  test('accepts the last value of a range and refuses the first beyond it', () => {
    for (const { name, min, max } of VARIABLES.filter((v) => 'min' in v && 'max' in v) as {
      name: string;
      min: number;
      max: number;
    }[]) {
      const pair = {
        ...(name === 'CLOSE_EDGE_BPS' ? { OPEN_EDGE_BPS: '10000' } : { CLOSE_EDGE_BPS: '0' }),
        REDIS_URL: 'redis://localhost',
      };
      expect(() => parseConfig({ ...pair, [name]: String(max) })).not.toThrow();
      expect(() => parseConfig({ ...pair, [name]: String(min) })).not.toThrow();
      expect(refusal({ ...pair, [name]: String(max + 1) }).message).toStartWith(`${name}:`);
      expect(refusal({ ...pair, [name]: String(min - 1) }).message).toStartWith(`${name}:`);
    }
  });

  test('never repeats a secret', () => {
    const error = refusal({ DATABASE_URL: 'mysql://user:hunter2@host/db' });
    expect(error.message).toStartWith('DATABASE_URL:');
    expect(error.message).not.toContain('hunter2');
  });

  test('wants both halves of the Upstash pair', () => {
    expect(refusal({ UPSTASH_REDIS_REST_TOKEN: 'x' }).message).toContain('UPSTASH_REDIS_REST_URL');
    expect(refusal({ UPSTASH_REDIS_REST_URL: 'https://x.example' }).message).toContain(
      'UPSTASH_REDIS_REST_TOKEN',
    );
  });
});
