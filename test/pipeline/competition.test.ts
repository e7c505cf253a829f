/** Pairs and cycles of the same rounds: what competes is told with both, and again when it ends. Lives of cycles. */

import { describe, expect, test } from 'bun:test';
import { trace } from '@opentelemetry/api';
import type { OpportunityEvent } from '../../src/domain/opportunity.ts';
import type { FeedBatch } from '../../src/feed/feed.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import { createWasmCycles } from '../support/cycle-kernels.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createListFeed } from '../support/list-feed.ts';
import { market, quote, START_MS } from '../support/markets.ts';
import { ANY_PROFIT } from '../support/settings.ts';

const MARKETS = [
  market('a', 'ADA/BTC'),
  market('a', 'BTC/USDT'),
  market('a', 'ADA/USDT'),
  market('b', 'ADA/USDT'),
];

type Price = readonly [exchange: string, symbol: string, bid: number, ask: number, size: number];

function batch(atMs: number, ...prices: readonly Price[]): FeedBatch {
  return {
    atMs: START_MS + atMs,
    books: [],
    quotes: prices.map(([exchange, symbol, bid, ask, size]) =>
      quote(exchange, symbol, bid, ask, {
        receivedAtMs: START_MS + atMs,
        bidSize: size,
        askSize: size,
      }),
    ),
  };
}

/** ADA → BTC at 0.01, BTC → USDT at 100, USDT → ADA at 1 / 0.8 from 12 of `a`. */
const CYCLE: readonly Price[] = [
  ['a', 'ADA/BTC', 0.01, 0.0101, 4],
  ['a', 'BTC/USDT', 100, 101, 10],
  ['a', 'ADA/USDT', 0.7, 0.8, 12],
];

async function run(batches: readonly FeedBatch[]): Promise<readonly OpportunityEvent[]> {
  const events: OpportunityEvent[] = [];
  const quiet = () => undefined;
  const pipeline = createPipeline({
    feed: createListFeed({ source: 'recording', markets: MARKETS, batches }),
    createKernel: createReferenceKernel,
    cycles: { createKernel: createWasmCycles, maxLegs: 4 },
    maxSymbolsCount: 8,
    maxExchangesCount: 4,
    bookLevelsCount: 10,
    settings: ANY_PROFIT,
    roundIntervalMs: 0,
    clock: createFakeClock(START_MS),
    telemetry: {
      tracer: trace.getTracer('none'),
      logger: { log: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
    },
    onEvents: (given) => events.push(...given),
  });
  await pipeline.run(new AbortController().signal);
  return events;
}

const summary = (events: readonly OpportunityEvent[]) =>
  events.map(
    ({ type, opportunity: { kind, revision, competition } }) =>
      `${type} ${kind} ${revision} ${competition?.exclusive ? competition.competitorsCount : 'free'}`,
  );

describe('opportunities of the same moment', () => {
  test('are free while the best level holds what all of them take', async () => {
    const events = await run([batch(0, ...CYCLE), batch(10, ['b', 'ADA/USDT', 0.9, 0.95, 7])]);
    // The cycle takes 5 of 12, the pair 7.
    expect(summary(events)).toEqual([
      'opened cycle 1 free',
      'opened pair 1 free',
      'closed pair 2 free',
      'closed cycle 2 free',
    ]);
  });

  test('compete from there on, which is told of both, and again when one of them ends', async () => {
    const events = await run([
      batch(0, ...CYCLE),
      batch(10, ['b', 'ADA/USDT', 0.9, 0.95, 7.5]),
      batch(20, ['b', 'ADA/USDT', 0.7, 0.95, 7.5]),
    ]);
    expect(summary(events)).toEqual([
      'opened cycle 1 free',
      'opened pair 1 1',
      'updated cycle 2 1',
      'closed pair 2 1',
      'updated cycle 3 free',
      'closed cycle 4 free',
    ]);
    const ids = new Map(events.map(({ opportunity }) => [opportunity.kind, opportunity.id]));
    expect(events[1]?.opportunity.competition?.competesWith).toEqual([ids.get('cycle') ?? '']);
    expect(events[2]?.opportunity.competition?.competesWith).toEqual([ids.get('pair') ?? '']);
  });

  test('say so in the event of the round where one changes anyway', async () => {
    const events = await run([
      batch(0, ...CYCLE, ['b', 'ADA/USDT', 0.9, 0.95, 7.5]),
      batch(10, ['a', 'ADA/USDT', 0.7, 0.8, 20]),
    ]);
    const cycles = events.filter(({ opportunity }) => opportunity.kind === 'cycle');
    expect(summary(cycles)).toEqual([
      'opened cycle 1 1',
      'updated cycle 2 free',
      'closed cycle 3 free',
    ]);
  });
});

describe('the life of a cycle', () => {
  test('is its area under the edge and whether it was there at full size at each mark', async () => {
    const events = await run([
      batch(0, ...CYCLE),
      // Half the size from 120 ms on, gone after 600 ms.
      batch(120, ['a', 'ADA/BTC', 0.01, 0.0101, 2]),
      batch(600, ['a', 'ADA/USDT', 1, 1.1, 12]),
    ]);
    const closed = events.at(-1)?.opportunity;
    expect(closed).toMatchObject({ kind: 'cycle', closeReason: 'edge_below_threshold' });
    expect(closed?.life?.survival).toEqual([
      { afterMs: 50, isThere: true },
      { afterMs: 100, isThere: true },
      { afterMs: 250, isThere: false },
      { afterMs: 500, isThere: false },
      { afterMs: 1_000, isThere: false },
    ]);
    // 1 / 0.8 − 1 for 0.6 s.
    expect(closed?.life?.edgeBpsSeconds).toBeCloseTo(2_500 * 0.6, 6);
  });

  test('that is gone before the first mark is that of a ghost', async () => {
    const events = await run([batch(0, ...CYCLE), batch(49, ['a', 'ADA/USDT', 1, 1.1, 12])]);
    expect(events.at(-1)?.opportunity.life?.survival[0]).toEqual({ afterMs: 50, isThere: false });
  });
});
