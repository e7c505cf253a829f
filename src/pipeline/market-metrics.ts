/** Metrics of a market-data service: its exchanges, and what its readers were sent. */

import type { Meter } from '@opentelemetry/api';
import type { Feed } from '../feed/feed.ts';
import { METRIC } from '../telemetry/names.ts';
import { count, gauge, observeExchangeCounts } from './program-metrics.ts';

export interface MarketMetricsParts {
  readonly meter: Meter;
  readonly feed: Pick<Feed, 'exchanges'>;
  readonly counts: {
    readonly readersCount: number;
    readonly messagesCount: number;
    readonly updatesCount: number;
    readonly skippedCount: number;
  };
}

/** Registers all instruments; values are read when metrics are collected. */
export function registerMarketMetrics({ meter, feed, counts }: MarketMetricsParts): void {
  observeExchangeCounts(meter, feed);
  gauge(meter, METRIC.quoteReaders, '{reader}', 'Detectors that read the stream.', () => [
    [counts.readersCount],
  ]);
  count(meter, METRIC.quoteMessages, '{message}', 'Messages sent to readers.', () => [
    [counts.messagesCount],
  ]);
  count(meter, METRIC.quoteUpdates, '{update}', 'Updates sent to readers.', () => [
    [counts.updatesCount],
  ]);
  count(meter, METRIC.quoteSkipped, '{update}', 'Updates that slow readers never saw.', () => [
    [counts.skippedCount],
  ]);
}
