import { describe, expect, test } from 'bun:test';
import type { CacheStats } from '../../src/cache/cache.ts';
import type { Opportunity } from '../../src/domain/opportunity.ts';
import type { ExchangeStatus } from '../../src/feed/feed.ts';
import { createHub } from '../../src/pipeline/hub.ts';
import type { MarketSnapshot, PipelineStatus } from '../../src/pipeline/ports.ts';
import { registerProgramMetrics } from '../../src/pipeline/program-metrics.ts';
import { createMeterProvider } from '../../src/telemetry/metrics/meter-provider.ts';
import { toPrometheusText } from '../../src/telemetry/metrics/prometheus.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { market } from '../support/markets.ts';
import { createOpportunitySample } from '../support/opportunity-samples.ts';

const openOpportunity = () => createOpportunitySample({ id: 'a', openedAtMs: 1_000 });
const closedOpportunity = () =>
  createOpportunitySample({ id: 'a', openedAtMs: 1_000, closedAtMs: 3_500, revision: 2 });

function exchangeStatus(status: Partial<ExchangeStatus>): ExchangeStatus {
  return {
    exchange: 'kraken',
    state: 'live',
    transport: 'websocket',
    reason: null,
    marketsCount: 1,
    updatesCount: 7,
    skippedCount: 2,
    failuresCount: 0,
    lastUpdateAtMs: null,
    roundTripMs: null,
    clockOffsetMs: null,
    retryAtMs: null,
    ...status,
  };
}

function snapshot(exchange: string, ageMs: number | null, guard: MarketSnapshot['guard'] = null) {
  return {
    market: market(exchange, 'BTC/USDT'),
    quote: null,
    book: null,
    funding: null,
    ageMs,
    guard,
  };
}

function setUp() {
  const clock = createFakeClock(1_000_000);
  const provider = createMeterProvider({ exemplarFilter: 'always_off', nowMs: () => 0 });
  const hub = createHub({ startedAtMs: 0 });
  const stop = new AbortController();
  const open: Opportunity[] = [];
  const exchanges: ExchangeStatus[] = [];
  const snapshots: MarketSnapshot[] = [];
  const status: PipelineStatus = {
    state: 'running',
    error: null,
    startedAtMs: 0,
    lastRoundAtMs: 0,
    roundsCount: 11,
    updatesCount: 12,
    candidatesCount: 13,
    openedCount: 1,
    closedCount: 0,
  };
  const cacheStats: CacheStats = {
    hitsCount: 3,
    missesCount: 1,
    evictionsCount: 2,
    errorsCount: 4,
  };
  const following = registerProgramMetrics({
    meter: provider.getMeter('test'),
    clock,
    pipeline: {
      hub,
      open: () => open,
      status: () => status,
      market: { symbols: () => ['BTC/USDT'], snapshots: () => snapshots },
    },
    feed: { exchanges: () => exchanges },
    storeWriter: { stats: () => ({ queuedCount: 5, writtenCount: 6, droppedCount: 1 }) },
    cache: { driver: 'memory', stats: () => cacheStats },
    signal: stop.signal,
  });
  const page = () => toPrometheusText({}, provider.collect(), 'text');
  return { hub, open, exchanges, snapshots, stop, following, page };
}

describe('program metrics', () => {
  test('tell what the parts count', () => {
    const { exchanges, snapshots, open, page } = setUp();
    exchanges.push(
      exchangeStatus({ lastUpdateAtMs: 997_500 }),
      exchangeStatus({ exchange: 'okx', state: 'down' }),
    );
    snapshots.push(
      snapshot('kraken', 250),
      snapshot('kraken', 4_000),
      snapshot('okx', 9_000, 'stale'),
    );
    open.push(openOpportunity());
    const text = page();
    for (const line of [
      'arbitrage_rounds_total 11',
      'arbitrage_updates_total 12',
      'arbitrage_candidates_total 13',
      'arbitrage_opportunities_open 1',
      'exchange_up_ratio{exchange_name="kraken"} 1',
      'exchange_up_ratio{exchange_name="okx"} 0',
      'exchange_updates_total{exchange_name="kraken"} 7',
      'exchange_updates_skipped_total{exchange_name="kraken"} 2',
      'exchange_silence_seconds{exchange_name="kraken"} 2.5',
      'crypto_quote_age_seconds{exchange_name="kraken"} 4',
      'store_queue_size 5',
      'store_opportunities_written_total 6',
      'store_opportunities_dropped_total 1',
      'cache_requests_total{cache_driver="memory",cache_hit="true"} 3',
      'cache_requests_total{cache_driver="memory",cache_hit="false"} 1',
      'cache_evictions_total{cache_driver="memory"} 2',
      'cache_errors_total{cache_driver="memory"} 4',
    ]) {
      expect(text).toContain(`\n${line}\n`);
    }
    expect(text).not.toContain('crypto_quote_age_seconds{exchange_name="okx"}');
    expect(text).not.toContain('exchange_silence_seconds{exchange_name="okx"}');
  });

  test('follow opportunities until they are told to stop', async () => {
    const { hub, stop, following, page } = setUp();
    const opened = openOpportunity();
    const closed = closedOpportunity();
    hub.publish([
      { type: 'opened', opportunity: opened },
      { type: 'updated', opportunity: opened },
      { type: 'closed', opportunity: closed },
    ]);
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await following;
    hub.publish([{ type: 'opened', opportunity: opened }]);
    const text = page();
    const labels = `arbitrage_kind="${closed.kind}",crypto_quote_asset="${closed.quote}"`;
    expect(text).toContain(`\narbitrage_opportunities_opened_total{${labels}} 1\n`);
    expect(text).toContain(
      `\narbitrage_opportunities_closed_total{${labels},arbitrage_close_reason="${closed.closeReason}"} 1\n`,
    );
    expect(text).toContain(`\narbitrage_opportunity_edge_sum{${labels}} ${closed.peak.edgeBps}\n`);
    expect(text).toContain(
      `\narbitrage_opportunity_size_sum{${labels}} ${Number(closed.peak.costInQuote)}\n`,
    );
    const lifetimeS = ((closed.closedAtMs ?? 0) - closed.openedAtMs) / 1_000;
    expect(text).toContain(
      `\narbitrage_opportunity_lifetime_seconds_sum{${labels}} ${lifetimeS}\n`,
    );
  });
});
