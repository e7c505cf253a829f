/** Metrics of a process that shares the work with others. */

import type { Meter } from '@opentelemetry/api';
import type { ShardStatus } from '../lease/shard-keeper.ts';
import { METRIC } from '../telemetry/names.ts';
import { gauge } from './program-metrics.ts';

/** Values are read when metrics are collected. */
export function registerShardMetrics(meter: Meter, shards: { status(): ShardStatus }): void {
  gauge(meter, METRIC.shardsOwned, '{shard}', 'Shards that this process detects.', () => [
    [shards.status().owned.length],
  ]);
  gauge(meter, METRIC.shardsUnowned, '{shard}', 'Shards that nobody detects.', () => [
    [shards.status().unownedCount],
  ]);
}
