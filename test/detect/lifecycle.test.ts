import { describe, expect, test } from 'bun:test';
import type { Judgement, Pair } from '../../src/detect/detector.ts';
import { createLifecycle } from '../../src/detect/lifecycle.ts';
import type { MarketRecord } from '../../src/detect/market-state.ts';
import type { RejectionReason } from '../../src/detect/reasons.ts';
import type { OpportunityEdge } from '../../src/domain/opportunity.ts';
import { market, START_MS } from '../support/markets.ts';

function record(exchange: string, exchangeIndex: number): MarketRecord {
  return {
    market: market(exchange, 'BTC/USD'),
    symbolIndex: 0,
    exchangeIndex,
    quote: null,
    book: null,
    fetchedBook: null,
    funding: null,
    version: 0,
  };
}

const pair: Pair = { buy: record('a', 0), sell: record('b', 1) };

function found(atMs: number, profit: number): Judgement {
  const edge: OpportunityEdge = {
    atMs,
    grossBps: profit,
    edgeBps: profit,
    sizeInBase: '1',
    costInQuote: '100',
    proceedsInQuote: String(100 + profit),
    profitInQuote: String(profit),
  };
  const leg = {
    symbol: 'BTC/USD',
    averagePriceInQuote: '100',
    limitPriceInQuote: '100',
    sizeInBase: '1',
    amountInQuote: '100',
    feeInQuote: '0',
    takerBps: 0,
    levelsCount: 1,
    ageMs: 0,
  };
  return {
    pair,
    wanted: [],
    confirmation: {
      found: true,
      edge,
      legs: [
        { ...leg, side: 'buy', exchange: 'a' },
        { ...leg, side: 'sell', exchange: 'b' },
      ],
    },
  };
}

function rejected(reason: RejectionReason): Judgement {
  return { pair, wanted: [], confirmation: { found: false, reason } };
}

describe('an opportunity', () => {
  test('opens, keeps its id, remembers first, last and peak, and closes with a reason', () => {
    const lifecycle = createLifecycle('recording');
    const opened = lifecycle.observe(found(START_MS, 3), START_MS, 'a'.repeat(32));
    const risen = lifecycle.observe(found(START_MS + 10, 9), START_MS + 10, null);
    const fallen = lifecycle.observe(found(START_MS + 20, 5), START_MS + 20, null);
    const closed = lifecycle.observe(rejected('guard_stale'), START_MS + 30, null);
    const all = [opened, risen, fallen, closed];
    expect(all.map((event) => event?.type)).toEqual(['opened', 'updated', 'updated', 'closed']);
    expect(new Set(all.map((event) => event?.opportunity.id)).size).toBe(1);
    expect(all.map((event) => event?.opportunity.revision)).toEqual([1, 2, 3, 4]);
    expect(closed?.opportunity).toMatchObject({
      state: 'closed',
      closeReason: 'quote_stale',
      openedAtMs: START_MS,
      closedAtMs: START_MS + 30,
      traceId: 'a'.repeat(32),
      first: { profitInQuote: '3' },
      peak: { profitInQuote: '9' },
      last: { profitInQuote: '5' },
    });
    expect(lifecycle.open()).toEqual([]);
  });

  test('says nothing when nothing changed or when it was never open', () => {
    const lifecycle = createLifecycle('live');
    expect(lifecycle.observe(rejected('edge_below_threshold'), START_MS, null)).toBeNull();
    lifecycle.observe(found(START_MS, 3), START_MS, null);
    expect(lifecycle.observe(found(START_MS + 1, 3), START_MS + 1, null)).toBeNull();
    expect(lifecycle.isOpen(pair)).toBe(true);
  });

  test('that comes back later is another one, and never within the same millisecond', () => {
    const lifecycle = createLifecycle('live');
    const first = lifecycle.observe(found(START_MS, 3), START_MS, null);
    lifecycle.observe(rejected('edge_below_threshold'), START_MS, null);
    expect(lifecycle.observe(found(START_MS, 3), START_MS, null)).toBeNull();
    const second = lifecycle.observe(found(START_MS + 1, 3), START_MS + 1, null);
    expect(second?.type).toBe('opened');
    expect(second?.opportunity.id).not.toBe(first?.opportunity.id as string);
  });

  test('closes with all others when the feed ends', () => {
    const lifecycle = createLifecycle('live');
    lifecycle.observe(found(START_MS, 3), START_MS, null);
    const events = lifecycle.closeAll(START_MS + 5, 'feed_ended');
    expect(events.map(({ opportunity }) => opportunity.closeReason)).toEqual(['feed_ended']);
    expect(lifecycle.closeAll(START_MS + 6, 'shutdown')).toEqual([]);
  });
});
