/** Schemas of statistics. */

import { z } from '@hono/zod-openapi';
import { MAX_EXCHANGE_PAIRS_COUNT } from '../../detect/life/statistics.ts';
import { count, exchangeText, integerQuery, source, symbolText, timeMs } from './common.ts';

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

const MAX_TIME_MS = 8_640_000_000_000_000;
const timeQuery = (description: string) => integerQuery({ min: 0, max: MAX_TIME_MS, description });

export const lifeQuery = z.strictObject({
  symbol: symbolText.optional(),
  exchange: exchangeText.optional(),
  fromMs: timeQuery('Opened at or after').optional(),
  toMs: timeQuery('Opened before').optional(),
});
