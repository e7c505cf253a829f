/** Schemas of the answer to "why is there no opportunity". */

import { z } from '@hono/zod-openapi';
import { STAGES } from '../../detect/explain/reasons.ts';
import { bps, count, decimal, integerQuery, source, symbolOrRouteText, timeMs } from './common.ts';
import { BALANCE_REFUSALS, balanceCap, TRANSFER_REFUSALS } from './modes.ts';

const exchange = z.string();
const exchanges = z.array(z.string()).readonly();
const durationMs = z.number().openapi({ description: 'Milliseconds' });
const sentence = z.string().openapi({ description: 'The reason in words' });
const shortage = {
  edgeBps: bps.openapi({ description: 'After taker fees' }),
  missingBps: bps.openapi({ description: 'Up to the threshold' }),
  takerBpsAtWhichItOpens: bps.nullable().openapi({
    description: 'Under this taker fee on all legs it opens; null: not even without any fee',
  }),
};

const MARKET_REASONS = [
  z.object({ code: z.literal('market_suspended'), exchange }),
  z.object({ code: z.literal('exchange_down'), exchange, faultCode: z.string() }),
  z.object({ code: z.literal('no_quote'), exchange }),
  z.object({
    code: z.literal('book_one_sided'),
    exchange,
    missing: z.enum(['bid', 'ask', 'both']),
  }),
  z.object({ code: z.literal('book_crossed'), exchange, overlapBps: bps }),
  z.object({ code: z.literal('book_locked'), exchange }),
  z.object({ code: z.literal('sequence_gap'), exchange, sinceMs: durationMs }),
  z.object({
    code: z.literal('quote_stale'),
    exchange,
    ageMs: durationMs,
    maxAgeMs: durationMs,
  }),
  z.object({
    code: z.literal('quote_from_future'),
    exchange,
    aheadMs: durationMs,
    maxFutureMs: durationMs,
  }),
  z.object({
    code: z.literal('price_out_of_band'),
    exchange,
    distanceBps: bps,
    priceBandBps: bps,
  }),
] as const;

const PAIR_REASONS = [
  z.object({ code: z.literal('legs_skewed'), skewMs: durationMs, maxSkewMs: durationMs }),
  z.object({ code: z.literal('no_gross_spread'), grossBps: bps, missingBps: bps }),
  z.object({ code: z.literal('edge_short'), ...shortage }),
  z.object({ code: z.literal('depth_unknown'), exchanges }),
  z.object({ code: z.literal('book_invalid'), exchanges }),
  z.object({ code: z.literal('edge_short_at_depth'), ...shortage }),
  z.object({
    code: z.literal('below_minimum'),
    minSizeInBase: decimal.nullable(),
    minCostInQuote: decimal.nullable(),
  }),
  ...TRANSFER_REFUSALS,
  ...BALANCE_REFUSALS,
] as const;

const CYCLE_REASONS = [
  z.object({
    code: z.literal('leg_below_minimum'),
    legs: z
      .array(
        z.object({
          exchange,
          symbol: z.string(),
          sizeStep: decimal.nullable(),
          minSizeInBase: decimal.nullable(),
          minCostInQuote: decimal.nullable(),
        }),
      )
      .readonly(),
  }),
] as const;

const marketReason = z.discriminatedUnion('code', MARKET_REASONS).openapi('MarketReason', {
  description: 'Why a market takes no part',
});

const pairReason = z
  .discriminatedUnion('code', [...MARKET_REASONS, ...PAIR_REASONS, ...CYCLE_REASONS])
  .openapi('PairReason', { description: 'Why a pair or a cycle is no opportunity' });

const reasonCount = z.object({ code: z.string(), count });
const stage = z.enum(STAGES).openapi('ExplainStage', {
  description: 'Steps in their order; a pair or a cycle is lost at the first that it fails',
});

const stages = z
  .array(
    z.object({
      stage,
      enteredCount: count,
      survivedCount: count.openapi({ description: 'Entered less the sum of `lost`' }),
      lost: z.array(reasonCount).readonly(),
    }),
  )
  .readonly();

const funnel = z.object({
  marketsCount: count,
  quotedMarketsCount: count,
  usableMarketsCount: count,
  marketReasons: z
    .array(reasonCount)
    .readonly()
    .openapi({ description: 'Sum: markets less usable ones' }),
  pairsCount: count.openapi({ description: 'Directed pairs of markets of one symbol' }),
  stages,
  openCount: count.openapi({ description: 'Pairs that are an opportunity now' }),
});

const cycleFunnel = z
  .object({
    maxLegs: count.openapi({ description: 'Longest cycles looked at, orders' }),
    cyclesCount: count.openapi({
      description: 'Simple cycles that the markets make, each direction counted',
    }),
    stages,
    openCount: count.openapi({ description: 'Cycles that are an opportunity now' }),
    isComplete: z
      .boolean()
      .openapi({ description: 'False when there are more, passed over to bound the work' }),
  })
  .openapi('CycleFunnel');

const nearMiss = z
  .object({
    kind: z.enum(['pair', 'cycle']),
    symbol: z.string().openapi({ description: 'Of a cycle its route, such as `ADA>BTC>USDT`' }),
    buyExchange: z.string().openapi({ description: 'Of a cycle that of its first order' }),
    sellExchange: z.string().openapi({ description: 'Of a cycle that of its last order' }),
    legs: z
      .array(z.object({ side: z.enum(['buy', 'sell']), exchange, symbol: z.string() }))
      .readonly()
      .optional()
      .openapi({ description: 'Orders of a cycle; absent of a pair' }),
    edgeBps: bps.openapi({ description: 'Of best prices, after taker fees' }),
    missingBps: bps,
    missingMs: durationMs.openapi({ description: 'Too old, or legs too far apart, by so much' }),
    stage,
    reason: pairReason,
    sentence,
  })
  .openapi('NearMiss');

export const explanation = z
  .object({
    source,
    atMs: timeMs,
    symbol: z.string().nullable().openapi({ description: 'Null: all symbols' }),
    symbolsCount: count,
    omittedSymbolsCount: count.openapi({ description: 'Passed over to bound the work' }),
    funnel,
    cycles: z
      .union([cycleFunnel, z.null()])
      .openapi({ description: 'Null when cycles are not looked for' }),
    cappedPairs: z
      .array(
        z.object({
          symbol: z.string(),
          buyExchange: z.string(),
          sellExchange: z.string(),
          reason: balanceCap.extend({ code: z.literal('balance_binds') }),
          sentence,
        }),
      )
      .readonly()
      .openapi({ description: 'Opportunities that a balance makes smaller' }),
    nearMisses: z.array(nearMiss).readonly().openapi({ description: 'What lacks least first' }),
    markets: z
      .array(
        z.object({
          exchange,
          reason: z.union([marketReason, z.null()]),
          sentence: sentence.nullable(),
        }),
      )
      .readonly()
      .openapi({ description: 'Exchanges of the symbol asked for; empty for all symbols' }),
    symbolsWithoutPair: z
      .array(
        z.object({
          symbol: z.string(),
          reason: z.object({
            code: z.enum(['fewer_than_two_exchanges', 'contract', 'over_capacity']),
            exchanges,
          }),
          sentence,
        }),
      )
      .readonly(),
  })
  .openapi('Explanation');

/** Most near misses of one answer. */
export const MAX_NEAR_MISSES_COUNT = 100;

export const explainQuery = z.strictObject({
  symbol: symbolOrRouteText.optional(),
  limit: integerQuery({
    min: 0,
    max: MAX_NEAR_MISSES_COUNT,
    default: 10,
    description: 'Near misses wanted',
  }).optional(),
});

export type ExplanationJson = z.infer<typeof explanation>;
