import { describe, expect, test } from 'bun:test';
import { systemClock } from '../../src/domain/clock.ts';
import { isShardOf, shardOf } from '../../src/domain/shards.ts';
import { createCcxtFeed } from '../../src/feed/drivers/ccxt/ccxt-feed.ts';
import { createSyntheticFeed } from '../../src/feed/drivers/synthetic/synthetic-feed.ts';
import { createShardFeed } from '../../src/feed/shard-feed.ts';
import { createLogMemory, createSpanMemory } from './ccxt/harness.ts';
import { describeFeedContract } from './feed-contract.ts';

const isMine = isShardOf([1], 2);
const SHAPE = { seed: 3, exchangesCount: 3, symbolsCount: 8, updatesPerSecond: 2_000 };
const never = () => new AbortController().signal;

describeFeedContract('a part of a feed', {
  createHarness: async () => ({
    feed: createShardFeed(createSyntheticFeed({ ...SHAPE, clock: systemClock }), isMine),
    produce: async () => undefined,
    dispose: async () => undefined,
  }),
});

describe('a part of a feed', () => {
  test('has its own symbols and no others', async () => {
    const feed = createShardFeed(createSyntheticFeed({ ...SHAPE, clock: systemClock }), isMine);
    const { markets } = await feed.loadMarkets(never());
    expect(markets.length).toBeGreaterThan(0);
    expect(markets.every(({ symbol }) => shardOf(symbol, 2) === 1)).toBe(true);
    for await (const { quotes } of feed.batches(never())) {
      expect(quotes.every(({ symbol }) => shardOf(symbol, 2) === 1)).toBe(true);
      break;
    }
    await feed.close();
  });

  test('passes on what is a method of a class', async () => {
    const { logger } = createLogMemory();
    const whole = createCcxtFeed({
      ...{ exchanges: ['binance'], symbols: ['BTC/USDT'], bookLevelsCount: 1 },
      ...{ clock: systemClock, random: () => 0, logger, tracer: createSpanMemory().tracer },
      takerBpsOverride: null,
    });
    const feed = createShardFeed(whole, isMine);
    expect(feed.exchanges()).toEqual(whole.exchanges());
    expect(feed.source).toBe('live');
    await expect(feed.fetchBook('okx', 'BTC/USDT', 1, never())).rejects.toMatchObject({
      code: 'exchange_unknown',
    });
    await feed.close();
    expect(whole.exchanges()[0]?.state).toBe('closed');
  });
});
