/** Schemas of one symbol over all exchanges at once. */

import { z } from '@hono/zod-openapi';
import { bps, count, decimal, numberQuery, source, timeMs } from './common.ts';

export const multiQuery = z.strictObject({
  minEdgeBps: numberQuery({
    min: 0,
    max: 10_000,
    description: 'Every unit earns more than this; 0 when absent',
  }).optional(),
  maxBase: numberQuery({
    min: 0,
    max: 1e12,
    description: 'Most base units; no limit when absent',
  }).optional(),
});

const allocation = z
  .object({
    exchange: z.string(),
    sizeInBase: decimal.openapi({ description: 'Base units that change exchanges' }),
    amountInQuote: decimal.openapi({ description: 'Paid or received, after fees' }),
    limitPriceInQuote: decimal,
    levelsCount: count,
  })
  .openapi('Allocation');

export const multi = z
  .object({
    symbol: z.string(),
    source,
    atMs: timeMs,
    sizeInBase: decimal.openapi({ description: '0 when no unit earns the threshold' }),
    costInQuote: decimal,
    proceedsInQuote: decimal,
    profitInQuote: decimal,
    edgeBps: bps.nullable().openapi({ description: 'Profit over cost; null without a size' }),
    buys: z.array(allocation).readonly(),
    sells: z.array(allocation).readonly(),
    exchanges: z
      .array(
        z.object({
          exchange: z.string(),
          depth: z.enum(['book', 'quote', 'none']).openapi({
            description: 'All known levels, the best one only, or not used because a guard failed',
          }),
        }),
      )
      .readonly(),
  })
  .openapi('MultiAllocation');
