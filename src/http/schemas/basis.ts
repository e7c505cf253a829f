/** Schemas of funding and basis. */

import { z } from '@hono/zod-openapi';
import { BASIS_KINDS } from '../../detect/basis/basis-pairs.ts';
import { bps, count, decimal, guard, integerQuery, numberQuery, source, timeMs } from './common.ts';
import { assetText } from './conversion.ts';

const KIND_EXPECTED = `one of ${BASIS_KINDS.join(', ')}`;

const kind = z.enum(BASIS_KINDS).openapi('BasisKind', {
  description:
    'A perpetual against spot · a perpetual against a perpetual of another exchange · a dated contract, held until it is settled, against spot',
});

const ratio = z.number().openapi({ description: '0.05 is 5 %', example: 0.0847 });
const days = z.number().openapi({ example: 12.5 });
const durationMs = z.number().openapi({ description: 'Milliseconds' });

const leg = z
  .object({
    position: z.enum(['long', 'short']),
    exchange: z.string(),
    symbol: z.string(),
    instrument: z.enum(['spot', 'perpetual', 'dated']),
    settlement: z.enum(['linear', 'inverse']).nullable().openapi({ description: 'Null for spot' }),
    entryPriceInQuote: decimal.openapi({ description: 'Volume-weighted, before fees' }),
    exitPriceInQuote: decimal.openapi({
      description: 'Of trading back at the books as they are, or of the settlement at spot',
    }),
    entryFeeInQuote: decimal,
    exitFeeInQuote: decimal,
    takerBps: bps,
    levelsCount: count.openapi({ description: 'Book levels touched on the way in' }),
    hasDepth: z.boolean().openapi({ description: 'False when only the best price was known' }),
    contractsCount: decimal
      .nullable()
      .openapi({ description: 'Contracts to order; null for spot' }),
    unhedgedInQuote: decimal.nullable().openapi({
      description: 'Value that whole contracts leave without its other leg; null for spot',
    }),
    fundingRatePerHour: decimal.nullable().openapi({
      description: 'What longs pay to shorts per hour, ratio of the position; null without funding',
    }),
    fundingIntervalMs: durationMs.nullable(),
    nextFundingAtMs: timeMs.nullable(),
    expiryMs: timeMs.nullable(),
  })
  .openapi('BasisLeg');

export const basisEdge = z
  .object({
    kind,
    base: z.string(),
    quote: z.string(),
    atMs: timeMs,
    sizeInBase: decimal,
    capitalInQuote: decimal.openapi({
      description: 'Paid for the long leg, fee included; margin and leverage are not looked at',
    }),
    basisBps: bps.openapi({ description: 'Middle of the short leg over that of the long leg' }),
    entryCostInQuote: decimal.openapi({ description: 'Fees, and the books beyond their middle' }),
    exitCostInQuote: decimal,
    fundingPerHourInQuote: decimal.nullable().openapi({ description: 'Null for dated contracts' }),
    daysHeld: days.openapi({ description: 'The horizon, or the time until expiry' }),
    grossInQuote: decimal.openapi({ description: 'Funding received and basis won, before costs' }),
    profitInQuote: decimal.openapi({ description: 'Gross less entry and exit cost' }),
    profitBps: bps,
    annualisedGrossRatio: ratio,
    annualisedNetRatio: ratio,
    dayCount: z.literal('ACT/365').openapi({ description: 'Actual days over 365, not compounded' }),
    breakEvenDays: days,
    needsHeldSpot: z.boolean().openapi({
      description: 'Spot is sold: it must be held, or borrowed at a cost that is not counted',
    }),
    long: leg,
    short: leg,
  })
  .openapi('BasisEdge');

const ofMarket = { exchange: z.string(), symbol: z.string() };

const reason = z
  .discriminatedUnion('code', [
    z.object({ code: z.literal('market_unusable'), ...ofMarket, guard }),
    z.object({
      code: z.literal('contract_expired'),
      ...ofMarket,
      expiryMs: timeMs,
      expiredForMs: durationMs,
    }),
    z.object({ code: z.literal('expiry_unknown'), ...ofMarket }),
    z.object({ code: z.literal('funding_unknown'), ...ofMarket }),
    z.object({ code: z.literal('funding_interval_unknown'), ...ofMarket }),
    z.object({
      code: z.literal('funding_stale'),
      ...ofMarket,
      ageMs: durationMs,
      maxFundingAgeMs: durationMs,
    }),
    z.object({
      code: z.literal('funding_from_future'),
      ...ofMarket,
      aheadMs: durationMs,
      maxFutureMs: durationMs,
    }),
    z.object({ code: z.literal('funding_passed'), ...ofMarket, passedForMs: durationMs }),
    z.object({ code: z.literal('legs_skewed'), skewMs: durationMs, maxSkewMs: durationMs }),
    z.object({ code: z.literal('carry_not_positive'), annualisedGrossRatio: ratio }),
    z.object({ code: z.literal('size_not_allowed'), ...ofMarket }),
    z.object({ code: z.literal('depth_unknown'), ...ofMarket, side: z.enum(['bids', 'asks']) }),
    z.object({ code: z.literal('book_too_thin'), ...ofMarket, side: z.enum(['bids', 'asks']) }),
    z.object({
      code: z.literal('costs_not_covered'),
      breakEvenDays: days.nullable(),
      daysHeld: days,
      missingBps: bps,
    }),
  ])
  .openapi('BasisReason', { description: 'Why a pair carries nothing' });

const miss = z
  .object({
    kind,
    long: z.object(ofMarket),
    short: z.object(ofMarket),
    annualisedGrossRatio: ratio.nullable().openapi({
      description: 'At best prices, before costs; null when a guard failed before',
    }),
    reason,
    sentence: z.string(),
  })
  .openapi('BasisMiss');

const funding = z
  .object({
    ...ofMarket,
    rateRatio: z.number().openapi({ description: 'Of one interval, longs to shorts' }),
    intervalMs: durationMs.nullable(),
    ratePerHour: decimal.nullable().openapi({ description: 'Null when the interval is not known' }),
    annualisedRatio: ratio.nullable(),
    nextFundingAtMs: timeMs.nullable(),
    markPriceInQuote: z.number().nullable(),
    indexPriceInQuote: z.number().nullable(),
    ageMs: durationMs,
  })
  .openapi('FundingRate');

export const basis = z
  .object({
    source,
    atMs: timeMs,
    notionalInQuote: z.number().openapi({ description: 'Value of the long leg that was priced' }),
    horizonDays: days,
    pairsCount: count.openapi({ description: 'Directed pairs; each is a carry or has one reason' }),
    kindCounts: z.record(z.string(), count),
    reasonCounts: z.record(z.string(), count),
    pricedCount: count.openapi({ description: 'Pairs that were priced at depth' }),
    edges: z.array(basisEdge).readonly().openapi({ description: 'Greatest annualised net first' }),
    misses: z.array(miss).readonly().openapi({ description: 'What lacks least first' }),
    funding: z.array(funding).readonly().openapi({ description: 'Newest rate of each perpetual' }),
  })
  .openapi('Basis');

const kindQuery = z
  .enum(BASIS_KINDS, { error: KIND_EXPECTED })
  .openapi({ description: 'What is held against what' });

export const MAX_BASIS_COUNT = 200;

export const basisQuery = z.strictObject({
  base: assetText.optional(),
  quote: assetText.optional(),
  kind: kindQuery.optional(),
  notional: numberQuery({
    min: 0.000001,
    max: 1e12,
    description: 'Quote units of the long leg; BASIS_NOTIONAL when absent',
  }).optional(),
  horizonDays: numberQuery({
    min: 0.01,
    max: 3650,
    description: 'Days a position against a perpetual is held; BASIS_HORIZON_DAYS when absent',
  }).optional(),
  limit: integerQuery({
    min: 0,
    max: MAX_BASIS_COUNT,
    default: 20,
    description: 'Carries, and misses, wanted',
  }).optional(),
});

export const basisHistory = z
  .object({
    source,
    atMs: timeMs,
    snapshots: z
      .array(z.object({ source, edge: basisEdge }))
      .readonly()
      .openapi({ description: 'The best carry of each kind and pair of assets, newest first' }),
  })
  .openapi('BasisHistory');

const MAX_TIME_MS = 8_640_000_000_000_000;
const timeQuery = (description: string) => integerQuery({ min: 0, max: MAX_TIME_MS, description });

export const basisHistoryQuery = z.strictObject({
  base: assetText.optional(),
  quote: assetText.optional(),
  kind: kindQuery.optional(),
  fromMs: timeQuery('Taken at or after').optional(),
  toMs: timeQuery('Taken before').optional(),
  limit: integerQuery({
    min: 1,
    max: 500,
    default: 50,
    description: 'Snapshots wanted',
  }).optional(),
});

export type BasisJson = z.infer<typeof basis>;
