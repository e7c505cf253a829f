/** Schemas of statistics. */

import { z } from '@hono/zod-openapi';
import { MAX_EXCHANGE_PAIRS_COUNT } from '../../detect/life/statistics.ts';
import {
  bps,
  count,
  exchangeText,
  integerQuery,
  orNull,
  source,
  symbolText,
  timeMs,
} from './common.ts';

const area = z.number().openapi({ description: 'Area under the edges: basis points × seconds' });

export const lifeStatistics = z
  .object({
    source,
    atMs: timeMs,
    closedCount: count,
    medianLivedMs: z
      .number()
      .nullable()
      .openapi({ description: 'From opening to closing; null when nothing has closed' }),
    edgeBpsSeconds: area,
    ghostKnownCount: count.openapi({
      description: 'Those of which it is known whether they were there after 50 ms',
    }),
    ghostCount: count.openapi({ description: 'Of them, those that were not, at full size' }),
    ghostShareRatio: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .openapi({ description: 'Ghosts over those known; null when none is' }),
    closeReasons: z
      .array(z.object({ reason: z.string(), count }))
      .readonly()
      .openapi({ description: 'Most first' }),
    survival: z
      .array(
        z.object({
          afterMs: z.number(),
          knownCount: count,
          thereCount: count.openapi({ description: 'Still there, at full size' }),
          survivedRatio: z.number().min(0).max(1).nullable(),
        }),
      )
      .readonly()
      .openapi({ description: 'By milliseconds after opening' }),
    exchangePairs: z
      .array(
        z.object({
          buyExchange: z.string(),
          sellExchange: z.string(),
          closedCount: count,
          edgeBpsSeconds: area,
        }),
      )
      .readonly()
      .openapi({
        description: `Directed, most closed first, at most ${MAX_EXCHANGE_PAIRS_COUNT}`,
      }),
  })
  .openapi('LifeStatistics');

const ratio = z.number().openapi({ description: 'Highest over lowest price' });

const arbitrageIndex = z
  .object({
    symbol: z.string(),
    samplesCount: count,
    latestRatio: ratio,
    medianRatio: ratio,
    maxRatio: ratio,
  })
  .openapi('ArbitrageIndex', {
    description:
      'Highest over lowest price of a symbol over the exchanges (middles of bid and ask), one sample a second over the last minutes',
  });

export const indexStatistics = z
  .object({
    source,
    atMs: timeMs,
    indexes: z.array(arbitrageIndex).readonly().openapi({ description: 'Greatest latest first' }),
  })
  .openapi('ArbitrageIndexes');

const spreadWindow = z
  .object({
    buyExchange: z.string(),
    sellExchange: z.string(),
    samplesCount: count,
    latestBps: bps,
    medianBps: bps.openapi({ description: 'What is usual; above 0: a structural premium' }),
    deviationBps: bps.openapi({ description: '1.4826 × median absolute deviation' }),
    zScore: z.number().nullable().openapi({ description: 'Null when nothing deviates' }),
    verdict: z.enum(['unknown', 'usual', 'dislocated']).openapi({
      description: '`dislocated`: a z-score of 3.5 or more; `unknown`: fewer than 30 samples',
    }),
  })
  .openapi('SpreadWindow');

const matrix = z
  .array(z.array(bps.nullable()).readonly())
  .readonly()
  .openapi({ description: 'Row: exchange bought on; column: exchange sold on' });

export const spreadStatistics = z
  .object({
    source,
    atMs: timeMs,
    symbol: z.string(),
    index: orNull(arbitrageIndex, 'Null until two exchanges have been sampled'),
    exchanges: z.array(z.string()).readonly().openapi({ description: 'Order of rows and columns' }),
    latestBps: matrix,
    medianBps: matrix,
    zScore: matrix,
    pairs: z.array(spreadWindow).readonly(),
    omittedPairsCount: count.openapi({ description: 'Pairs of all symbols that found no room' }),
  })
  .openapi('SpreadStatistics');

const MAX_TIME_MS = 8_640_000_000_000_000;
const timeQuery = (description: string) => integerQuery({ min: 0, max: MAX_TIME_MS, description });

export const lifeQuery = z.strictObject({
  symbol: symbolText.optional(),
  exchange: exchangeText.optional(),
  fromMs: timeQuery('Opened at or after').optional(),
  toMs: timeQuery('Opened before').optional(),
});
