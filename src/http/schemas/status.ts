/** Schemas of liveness, readiness and what is being screened. */

import { z } from '@hono/zod-openapi';
import { bps, count, source, timeMs } from './common.ts';

export const health = z
  .object({
    status: z.literal('ok'),
    version: z.string(),
    startedAtMs: timeMs,
    uptimeMs: z.number(),
  })
  .openapi('Health');

const state = z.enum(['ok', 'degraded', 'failed', 'off']);
const ratio = z.number().min(0).max(1);
const detail = z.string().nullable().openapi({ description: 'What is wrong; null when nothing' });

const shards = z
  .object({
    state,
    detail,
    driver: z.enum(['upstash', 'redis']),
    instance: z.string().openapi({ description: 'Name of this process among those that share' }),
    shardsCount: count.openapi({ description: 'In all, the one for cycles included' }),
    owned: z
      .array(z.object({ shard: z.string().openapi({ example: '3/8' }), token: z.number().int() }))
      .readonly()
      .openapi({ description: 'What this process detects now, each with its fencing token' }),
    membersCount: count,
    unownedCount: count.openapi({ description: 'Shards that nobody had at the last look' }),
  })
  .openapi('ShardsComponent');

export const readiness = z
  .object({
    ready: z.boolean(),
    atMs: timeMs,
    components: z.object({
      kernel: z.object({
        state,
        detail,
        kind: z.string(),
        version: z.string(),
        pipeline: z.enum(['starting', 'running', 'ended', 'failed']),
        roundsCount: count,
        lastRoundAtMs: timeMs.nullable(),
      }),
      feed: z.object({
        state,
        detail,
        source,
        exchangesCount: count,
        liveExchangesCount: count,
      }),
      store: z.object({
        state,
        detail,
        driver: z.string(),
        queuedCount: count,
        writtenCount: count,
        droppedCount: count,
      }),
      cache: z.object({ state, detail, driver: z.string() }),
      exporter: z.object({
        state,
        detail,
        exporter: z.enum(['none', 'console', 'otlp']),
        startedCount: count,
        exportedCount: count,
        rejectedCount: count,
        droppedCount: count,
        /** By reason: `queue_full`, `timeout`, `network`, … */
        droppedCounts: z.record(z.string(), count),
        queuedCount: count,
        queueFillRatio: ratio,
        /** As `OTEL_TRACES_SAMPLER` and the budget make it; null when the answer is always the same. */
        sampling: z
          .object({
            sampler: z.string(),
            sampledCount: count,
            notSampledCount: count,
            /** Part of what the sampler wants that the budget lets through; null without a limit. */
            governedShareRatio: ratio.nullable(),
          })
          .nullable(),
        /** Part of CPU time that telemetry uses, as estimated; null without a limit. */
        budgetUsedRatio: z.number().min(0).nullable(),
        budgetRatio: ratio.nullable(),
      }),
      shards: shards.optional().openapi({ description: 'Where processes share the work' }),
    }),
  })
  .openapi('Readiness');

const nearMiss = z.object({
  symbol: z.string(),
  buyExchange: z.string(),
  sellExchange: z.string(),
  grossBps: bps,
  netBps: bps,
});

export const status = z
  .object({
    source,
    version: z.string(),
    atMs: timeMs,
    startedAtMs: timeMs,
    thresholds: z.object({
      openEdgeBps: bps,
      closeEdgeBps: bps,
      maxAgeMs: z.number().nullable().openapi({ description: 'Null: no limit' }),
      maxNotionalInQuote: z.number().nullable().openapi({ description: 'Null: no limit' }),
    }),
    pipeline: z.object({
      state: z.enum(['starting', 'running', 'ended', 'failed']),
      roundsCount: count,
      updatesCount: count,
      candidatesCount: count.openapi({ description: 'Passed the screen of best prices' }),
      openedCount: count.openapi({ description: 'Survived depth and all costs' }),
      closedCount: count,
      openCount: count,
      lastRoundAtMs: timeMs.nullable(),
    }),
    outbox: z
      .object({
        detectedCount: count.openapi({ description: 'Openings and closings ever detected' }),
        storedCount: count.openapi({ description: 'Of them, those that the database has' }),
        outboxCount: count.openapi({ description: 'Those that wait to get there' }),
      })
      .optional()
      .openapi({ description: 'On Workers: detected = stored + outbox, always' }),
    screening: z
      .object({
        atMs: timeMs,
        symbolsCount: count,
        marketsCount: count,
        usableMarketsCount: count,
        guardCounts: z.record(z.string(), count),
        comparableSymbolsCount: count.openapi({ description: 'Two exchanges or more are usable' }),
        grossPositiveCount: count.openapi({ description: 'A bid above an ask elsewhere' }),
        netPositiveCount: count.openapi({ description: 'Still so after both taker fees' }),
        aboveThresholdCount: count.openapi({ description: 'Above the opening threshold' }),
        nearest: z.array(nearMiss).readonly().openapi({ description: 'Greatest net spreads now' }),
      })
      .openapi({ description: 'Best prices now, by symbol: what is compared and what is left' }),
  })
  .openapi('Status');

export type Readiness = z.infer<typeof readiness>;
export type StatusJson = z.infer<typeof status>;
