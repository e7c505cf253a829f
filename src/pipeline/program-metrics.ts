/** The program's own metrics: read from what each part already counts, and from the hub's events. */

import type { Attributes, Meter, MetricOptions } from '@opentelemetry/api';
import type { Cache } from '../cache/cache.ts';
import type { Clock } from '../domain/clock.ts';
import type { Feed } from '../feed/feed.ts';
import { ATTR, METRIC } from '../telemetry/names.ts';
import { observeOpportunities } from './opportunity-metrics.ts';
import type { Pipeline } from './ports.ts';

export interface ProgramMetricsParts {
  readonly meter: Meter;
  readonly clock: Clock;
  readonly pipeline: Pick<Pipeline, 'market' | 'hub' | 'open' | 'status'>;
  readonly feed: Pick<Feed, 'exchanges'>;
  readonly storeWriter: {
    stats(): {
      readonly queuedCount: number;
      readonly writtenCount: number;
      readonly droppedCount: number;
    };
  };
  readonly cache: Pick<Cache, 'driver' | 'stats'>;
  /** Ends what follows the hub. */
  readonly signal: AbortSignal;
}

/** Symbols whose quotes are asked for their age at one collection; a collection must stay short. */
const MAX_AGED_SYMBOLS_COUNT = 256;

type Observation = readonly [value: number, attributes?: Attributes];

/**
 * Registers all instruments. Values are read when metrics are collected, so this costs nothing between collections.
 *
 * @returns a promise that settles when the hub ends or `signal` aborts; nobody has to wait for it.
 */
export function registerProgramMetrics(parts: ProgramMetricsParts): Promise<void> {
  observeRounds(parts);
  observeExchanges(parts);
  observeStore(parts);
  observeCache(parts);
  return observeOpportunities(parts.meter, parts.pipeline, parts.signal);
}

function observeRounds({ meter, pipeline }: ProgramMetricsParts): void {
  const status = () => pipeline.status();
  count(meter, METRIC.roundsCount, '{round}', 'Detection rounds.', () => [[status().roundsCount]]);
  count(meter, METRIC.updatesCount, '{update}', 'Quotes and books taken in.', () => [
    [status().updatesCount],
  ]);
  count(meter, METRIC.candidatesCount, '{candidate}', 'Pairs judged at depth.', () => [
    [status().candidatesCount],
  ]);
}

function observeExchanges({ meter, feed, pipeline, clock }: ProgramMetricsParts): void {
  observeExchangeCounts(meter, feed);
  gauge(meter, METRIC.exchangeSilence, 's', 'Time since the last update of an exchange.', () =>
    feed
      .exchanges()
      .flatMap(({ exchange, lastUpdateAtMs }): Observation[] =>
        lastUpdateAtMs === null
          ? []
          : [[Math.max(0, clock.nowMs() - lastUpdateAtMs) / 1_000, named(exchange)]],
      ),
  );
  gauge(meter, METRIC.quoteAge, 's', 'Age of the oldest quote of an exchange that is in use.', () =>
    oldestQuotes(pipeline.market),
  );
}

/** Whether each exchange delivers, and how much. */
export function observeExchangeCounts(meter: Meter, feed: Pick<Feed, 'exchanges'>): void {
  const perExchange = (read: (status: ReturnType<Feed['exchanges']>[number]) => number) => () =>
    feed.exchanges().map((status): Observation => [read(status), named(status.exchange)]);
  const isUp = (state: string) => (state === 'live' || state === 'degraded' ? 1 : 0);
  gauge(
    meter,
    METRIC.exchangeUp,
    '1',
    '1 while an exchange delivers, otherwise 0.',
    perExchange(({ state }) => isUp(state)),
  );
  count(
    meter,
    METRIC.exchangeUpdates,
    '{update}',
    'Updates received.',
    perExchange(({ updatesCount }) => updatesCount),
  );
  count(
    meter,
    METRIC.exchangeSkippedUpdates,
    '{update}',
    'Updates replaced by newer ones unread.',
    perExchange(({ skippedCount }) => skippedCount),
  );
}

function oldestQuotes(market: Pipeline['market']): readonly Observation[] {
  const oldestMs = new Map<string, number>();
  for (const symbol of market.symbols().slice(0, MAX_AGED_SYMBOLS_COUNT)) {
    for (const {
      market: { exchange },
      ageMs,
      guard,
    } of market.snapshots(symbol)) {
      if (ageMs === null || guard !== null) continue;
      oldestMs.set(exchange, Math.max(ageMs, oldestMs.get(exchange) ?? 0));
    }
  }
  return [...oldestMs].map(([exchange, ageMs]) => [ageMs / 1_000, named(exchange)]);
}

function observeStore({ meter, storeWriter }: ProgramMetricsParts): void {
  const stats = () => storeWriter.stats();
  gauge(
    meter,
    METRIC.storeQueueSize,
    '{opportunity}',
    'Opportunities that wait to be written.',
    () => [[stats().queuedCount]],
  );
  count(meter, METRIC.storeWritten, '{opportunity}', 'Opportunities written.', () => [
    [stats().writtenCount],
  ]);
  count(
    meter,
    METRIC.storeDropped,
    '{opportunity}',
    'Opportunities lost before they were written.',
    () => [[stats().droppedCount]],
  );
}

function observeCache({ meter, cache }: ProgramMetricsParts): void {
  const driver = { [ATTR.cacheDriver]: cache.driver };
  count(meter, METRIC.cacheRequests, '{request}', 'Reads of the cache.', () => {
    const { hitsCount, missesCount } = cache.stats();
    return [
      [hitsCount, { ...driver, [ATTR.cacheHit]: true }],
      [missesCount, { ...driver, [ATTR.cacheHit]: false }],
    ];
  });
  count(meter, METRIC.cacheEvictions, '{entry}', 'Entries dropped to stay within bounds.', () => [
    [cache.stats().evictionsCount, driver],
  ]);
  count(meter, METRIC.cacheErrors, '{error}', 'Calls of the cache that failed.', () => [
    [cache.stats().errorsCount, driver],
  ]);
}

/** A counter whose value is read at each collection. */
export function count(
  meter: Meter,
  name: string,
  unit: string,
  description: string,
  read: () => readonly Observation[],
): void {
  const options: MetricOptions = { unit, description };
  meter.createObservableCounter(name, options).addCallback((result) => {
    for (const [value, attributes] of read()) result.observe(value, attributes);
  });
}

/** A gauge whose value is read at each collection. */
export function gauge(
  meter: Meter,
  name: string,
  unit: string,
  description: string,
  read: () => readonly Observation[],
): void {
  const options: MetricOptions = { unit, description };
  meter.createObservableGauge(name, options).addCallback((result) => {
    for (const [value, attributes] of read()) result.observe(value, attributes);
  });
}

function named(exchange: string): Attributes {
  return { [ATTR.exchangeName]: exchange };
}
