/** Schemas of conversions and valuations. */

import { z } from '@hono/zod-openapi';
import { bps, count, decimal, integerQuery, source, timeMs } from './common.ts';

const ASSET_EXPECTED = 'an asset such as BTC';

export const assetText = z
  .string({ error: ASSET_EXPECTED })
  .regex(/^[^\s/:]{1,32}$/, ASSET_EXPECTED)
  .openapi({ description: 'Asset, as in symbols', example: 'USDC' });

const AMOUNT_EXPECTED = 'a decimal number above 0 with at most 30 digits';

export const convertQuery = z.strictObject({
  from: assetText,
  to: assetText,
  amount: z
    .string({ error: AMOUNT_EXPECTED })
    .regex(/^(?=[\d.]{1,31}$)(?=.*[1-9])\d+(\.\d+)?$/, AMOUNT_EXPECTED)
    .openapi({ description: 'Units of `from`', example: '1000' }),
  maxLegs: integerQuery({ min: 1, max: 4, description: 'Most trades; 3 when absent' }).optional(),
});

export const failure = z
  .enum(['asset_unknown', 'no_path', 'no_usable_path', 'too_thin'])
  .openapi('ConversionFailure', {
    description:
      'No market trades it · no chain of trades is short enough · there is one, but its markets are stale, crossed or suspended · their known depth holds less',
  });

const leg = z
  .object({
    exchange: z.string(),
    symbol: z.string(),
    side: z.enum(['buy', 'sell']),
    from: z.string(),
    to: z.string(),
    amountIn: decimal.openapi({ description: 'Units of `from`, fee included' }),
    amountOut: decimal.openapi({ description: 'Units of `to`, fee deducted' }),
    averagePriceInQuote: decimal,
    limitPriceInQuote: decimal,
    takerBps: bps,
    levelsCount: count,
    hasDepth: z.boolean().openapi({ description: 'False when only the best price was known' }),
  })
  .openapi('ConversionLeg');

const asked = { source, atMs: timeMs, from: z.string(), to: z.string(), amountIn: decimal };

export const conversion = z
  .discriminatedUnion('found', [
    z.object({
      ...asked,
      found: z.literal(true),
      amountOut: decimal,
      rate: decimal.openapi({ description: 'Output over input, after fees' }),
      legs: z.array(leg).readonly(),
    }),
    z.object({ ...asked, found: z.literal(false), reason: failure }),
  ])
  .openapi('Conversion');

export const valuationQuery = z.strictObject({
  in: assetText
    .optional()
    .openapi({ description: 'Reference; the most used quote asset if absent' }),
});

const price = z.number().nullable();

const assetValue = z
  .object({
    asset: z.string(),
    rate: price.openapi({ description: 'Middle of the two; null when not known' }),
    sellRate: price,
    buyRate: price,
    path: z.array(z.string()).readonly().openapi({ description: 'Assets on the way of a sale' }),
    reason: failure.nullable().openapi({ description: 'Why it is not known' }),
  })
  .openapi('AssetValue');

export type AssetValue = z.infer<typeof assetValue>;

const peg = z
  .object({
    asset: z.string(),
    reference: z.string(),
    rate: price,
    distanceBps: bps.nullable().openapi({ description: 'From one; negative below' }),
    reason: failure.nullable(),
    isDepegged: z.boolean(),
    depeggedAtMs: timeMs.nullable(),
  })
  .openapi('Peg');

export const valuation = z
  .object({
    source,
    atMs: timeMs,
    reference: z.string(),
    assets: z.array(assetValue).readonly().openapi({ description: 'All quote assets' }),
    pegs: z.array(peg).readonly(),
  })
  .openapi('Valuation');
