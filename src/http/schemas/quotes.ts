/** Schemas of what a market-data service gives detectors. */

import { z } from '@hono/zod-openapi';
import { MAX_SHARDS_COUNT } from '../../domain/shards.ts';
import { count, exchangeText, integerQuery, orNull, reason, symbolText, timeMs } from './common.ts';

const SHARDS_EXPECTED = `whole numbers from 0 to ${MAX_SHARDS_COUNT - 1}, separated by commas`;

export const quotesQuery = z.strictObject({
  shardsCount: integerQuery({
    min: 1,
    max: MAX_SHARDS_COUNT,
    description: 'Parts that symbols are shared out over',
    default: 1,
  }).optional(),
  shards: z
    .string({ error: SHARDS_EXPECTED })
    .regex(/^(\d{1,4}(,\d{1,4})*)?$/, SHARDS_EXPECTED)
    .transform((text) => text.split(',').filter(Boolean).map(Number))
    .openapi({
      type: 'string',
      description: 'Only the symbols of these parts; absent: all',
      example: '0,3',
    })
    .optional(),
});

export const quotesHeaders = z.object({
  'last-event-id': z
    .string()
    .max(64)
    .optional()
    .openapi({ description: 'Id of the last `updates` that was seen' }),
});

export const bookQuery = z.strictObject({
  exchange: exchangeText,
  symbol: symbolText,
  levels: integerQuery({ min: 1, max: 10_000, description: 'Levels a side' }),
});

export const bookAnswer = z
  .object({
    atMs: timeMs,
    book: z
      .record(z.string(), z.unknown())
      .nullable()
      .openapi({ description: 'A line `book` of the recording format; null: see `reason`' }),
    reason: orNull(reason, 'Null with a book'),
  })
  .openapi('BookAnswer');

export const clockAnswer = z.object({ atMs: timeMs }).openapi('ClockAnswer');

const state = z.enum(['ok', 'degraded', 'failed', 'off']);
const detail = z.string().nullable();

export const marketReadiness = z
  .object({
    ready: z.boolean(),
    atMs: timeMs,
    role: z.literal('market'),
    components: z.object({
      feed: z.object({
        state,
        detail,
        exchangesCount: count,
        liveExchangesCount: count,
        marketsCount: count,
        /** Quotes and books taken in. */
        updatesCount: count,
      }),
      stream: z.object({
        state,
        detail,
        readersCount: count,
        messagesCount: count,
        updatesCount: count,
        skippedCount: count.openapi({
          description: 'Updates that a slow reader never saw: a newer one had come',
        }),
      }),
      push: z
        .object({
          state,
          detail,
          targetsCount: count,
          acceptedCount: count,
          skippedCount: count,
          failuresCount: count,
        })
        .optional(),
      exporter: z.object({
        state,
        detail,
        startedCount: count,
        exportedCount: count,
        rejectedCount: count,
        droppedCount: count,
        queuedCount: count,
      }),
    }),
  })
  .openapi('MarketReadiness');

export type MarketReadiness = z.infer<typeof marketReadiness>;
