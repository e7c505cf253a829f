import { describe, expect, test } from 'bun:test';
import type { BasisMarket } from '../../src/detect/basis/basis-market.ts';
import {
  BASIS_KEEP_INTERVAL_MS,
  bestOfEach,
  keepBasisRegularly,
} from '../../src/pipeline/basis-keeping.ts';
import { BASIS_INTERVAL_MS, createBasisMonitor } from '../../src/pipeline/basis-monitor.ts';
import type { MarketView } from '../../src/pipeline/ports.ts';
import {
  BASIS_SETTINGS,
  datedAt102,
  BASIS_NOW_MS as NOW_MS,
  perpetualAt100,
  spotAt100,
} from '../support/basis-markets.ts';
import { sampleBasisEdge } from '../support/basis-samples.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { createSpanRecorder } from '../support/span-recorder.ts';

function viewOf(markets: readonly BasisMarket[]): MarketView {
  const snapshots = markets.map(({ market, bids, asks, guard, funding }) => {
    const { exchange, symbol } = market;
    const book = { exchange, symbol, bids, asks, exchangeTimeMs: null, receivedAtMs: NOW_MS };
    return { market, quote: null, book, funding, ageMs: 0, guard };
  });
  return {
    symbols: () => [...new Set(snapshots.map(({ market }) => market.symbol))],
    snapshots: (symbol) => snapshots.filter(({ market }) => market.symbol === symbol),
  };
}

describe('the look at funding and basis', () => {
  test('is a trace of its own, with counts, and the best carries as events', () => {
    const { tracer, ...recorder } = createSpanRecorder();
    const monitor = createBasisMonitor({
      settings: BASIS_SETTINGS,
      source: () => 'synthetic',
      tracer,
    });
    monitor.observe(viewOf([spotAt100(), perpetualAt100(), datedAt102()]), NOW_MS);
    const [span, ...others] = recorder.spans();
    expect(others).toEqual([]);
    expect(span).toMatchObject({
      name: 'arbitrage.detect_basis',
      attributes: {
        'crypto.source': 'synthetic',
        'arbitrage.markets_count': 3,
        'arbitrage.basis_pairs_count': 4,
        'arbitrage.perpetual_spot_count': 2,
        'arbitrage.dated_spot_count': 2,
        'arbitrage.opportunities_found': 2,
      },
    });
    expect(span?.events.map(({ attributes }) => attributes?.['arbitrage.kind'])).toEqual([
      'perpetual_spot',
      'dated_spot',
    ]);
    expect(monitor.latest()?.edges).toHaveLength(2);
  });

  test('is had every ten seconds, and never without contracts', () => {
    const { tracer, ...recorder } = createSpanRecorder();
    const options = { settings: BASIS_SETTINGS, source: () => 'live' as const, tracer };
    const view = viewOf([spotAt100(), perpetualAt100()]);
    const monitor = createBasisMonitor(options);
    for (const laterMs of [0, BASIS_INTERVAL_MS - 1, BASIS_INTERVAL_MS]) {
      monitor.observe(view, NOW_MS + laterMs);
    }
    expect(recorder.spans()).toHaveLength(2);
    const idle = createBasisMonitor(options);
    idle.observe(viewOf([spotAt100()]), NOW_MS);
    expect([idle.latest(), recorder.spans().length]).toEqual([null, 2]);
  });
});

describe('snapshots of carries', () => {
  test('keep the best of each kind and pair of assets', () => {
    const edges = [
      sampleBasisEdge({ profitBps: 9 }),
      sampleBasisEdge({ profitBps: 8 }),
      sampleBasisEdge({ base: 'ETH', profitBps: 7 }),
      sampleBasisEdge({ kind: 'dated_spot', profitBps: 6 }),
    ];
    expect(bestOfEach(edges).map(({ profitBps }) => profitBps)).toEqual([9, 7, 6]);
  });

  test('are written every five minutes; one that fails is told and lost', async () => {
    const clock = createFakeClock();
    const store = createMemoryStore();
    const warnings: string[] = [];
    const stop = new AbortController();
    const edges = [sampleBasisEdge()];
    const result = { edges, misses: [], pairsCount: 1, kindCounts: {}, reasonCounts: {} };
    let isBroken = true;
    const keeping = keepBasisRegularly(
      {
        pipeline: { basis: () => ({ ...result, pricedCount: 1 }) as never },
        store: {
          writeBasis: async (kept) => {
            if (isBroken) throw new Error('no disk');
            await store.writeBasis(kept);
          },
        },
        source: () => 'live',
        clock,
        logger: { warn: (message) => warnings.push(message) },
      },
      stop.signal,
    );
    await clock.advance(BASIS_KEEP_INTERVAL_MS);
    expect(warnings).toEqual(['a snapshot of carries could not be stored and is lost']);
    isBroken = false;
    await clock.advance(BASIS_KEEP_INTERVAL_MS);
    expect(await store.findBasis({ limit: 10 })).toEqual([
      { source: 'live', edge: edges[0] },
    ] as never);
    stop.abort();
    await clock.advance(BASIS_KEEP_INTERVAL_MS);
    await keeping;
  });
});
