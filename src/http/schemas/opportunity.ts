/** Schemas of opportunities and their queries. */

import { z } from '@hono/zod-openapi';
import {
  bps,
  count,
  decimal,
  exchangeText,
  integerQuery,
  numberQuery,
  source,
  symbolOrRouteText,
  timeMs,
} from './common.ts';
import {
  balanceCap,
  TRANSFER_CLOSE_REASONS,
  toCycleModeOutcomes,
  toModeOutcomes,
} from './modes.ts';

const leg = z
  .object({
    side: z.enum(['buy', 'sell']),
    exchange: z.string(),
    symbol: z.string(),
    averagePriceInQuote: decimal.openapi({ description: 'Volume-weighted, before fees' }),
    limitPriceInQuote: decimal.openapi({ description: 'Limit that fills the whole size' }),
    sizeInBase: decimal,
    amountInQuote: decimal.openapi({ description: 'Size × price, before fees' }),
    feeInQuote: decimal,
    takerBps: bps.openapi({ description: 'Of the market' }),
    feeBps: bps.optional().openapi({ description: 'Charged on this leg; absent: takerBps' }),
    feeRole: z.enum(['taker', 'maker']).optional(),
    levelsCount: count,
    ageMs: z.number().openapi({ description: 'Age of the book when it was confirmed' }),
    arrivesBy: z
      .object({
        asset: z.string(),
        fromExchange: z.string(),
        network: z.string(),
        feeInAsset: decimal,
        feeBps: bps,
        transferMs: z.number(),
      })
      .optional()
      .openapi({
        description:
          'Way on which what a leg of a cycle gives arrives in the mode `transfer`; absent where it is there',
      }),
  })
  .openapi('OpportunityLeg');

const waterfall = z
  .object({
    steps: z
      .array(
        z
          .object({
            code: z.enum([
              'gross',
              'depth',
              'trading_fee',
              'network_fee',
              'transfer_risk',
              'lots',
              'fixed',
              'net',
            ]),
            exchange: z.string().nullable().openapi({ description: 'Of a leg; null: of all' }),
            symbol: z.string().optional().openapi({ description: 'Of a leg of a cycle' }),
            amountInQuote: decimal.openapi({ description: 'Costs are negative' }),
            bps: bps.openapi({ description: 'Over the cost, rounded at 9 places' }),
          })
          .openapi('WaterfallStep'),
      )
      .readonly()
      .openapi({ description: 'The amounts before `net` add up to it exactly' }),
    breakEvenTakerBps: bps.openapi({
      description: 'Taker fee, the same on all legs, at which this size earns nothing',
    }),
    breakEvenSizeInBase: decimal.nullable().openapi({
      description:
        'Least size that earns the fixed costs, a network fee included; null without any',
    }),
  })
  .openapi('CostWaterfall');

const modeOutcomes = toModeOutcomes(waterfall);
const cycleModeOutcomes = toCycleModeOutcomes(waterfall);

const edge = z
  .object({
    atMs: timeMs,
    grossBps: bps,
    edgeBps: bps.openapi({ description: 'Profit over cost, after all costs' }),
    sizeInBase: decimal,
    costInQuote: decimal.openapi({ description: 'Paid, fee included' }),
    proceedsInQuote: decimal.openapi({ description: 'Received, fee deducted' }),
    profitInQuote: decimal.openapi({
      description: 'After fees, fixed costs and, in the mode `transfer`, price risk',
    }),
    mode: z
      .enum(['inventory', 'transfer'])
      .optional()
      .openapi({ description: 'What these figures are of; absent: inventory' }),
    cappedBy: balanceCap.optional().openapi({ description: 'The balance that makes it smaller' }),
    modes: modeOutcomes.optional().openapi({
      description: 'Both modes side by side, where networks are known',
    }),
    cycleModes: cycleModeOutcomes.optional().openapi({
      description: 'The same of a cycle that crosses exchanges',
    }),
    waterfall: waterfall
      .optional()
      .openapi({ description: 'Absent in opportunities of earlier versions' }),
  })
  .openapi('OpportunityEdge');

const life = z
  .object({
    edgeBpsSeconds: z
      .number()
      .openapi({ description: 'Area under the edge: basis points × seconds' }),
    survival: z
      .array(
        z.object({
          afterMs: z.number().openapi({ description: 'Milliseconds after the opening' }),
          isThere: z
            .boolean()
            .nullable()
            .openapi({ description: 'At its first size or more; null: not known, or not yet' }),
        }),
      )
      .readonly(),
  })
  .openapi('OpportunityLife');

const competition = z
  .object({
    exclusive: z.boolean().openapi({
      description:
        'True: with those that it competes with it would take more than some level of a book holds',
    }),
    competitorsCount: count,
    competesWith: z
      .array(z.string())
      .readonly()
      .openapi({ description: 'Ids, first opened first; at most 16' }),
  })
  .openapi('OpportunityCompetition');

const base = {
  id: z.string(),
  kind: z.enum(['pair', 'cycle', 'multi']).openapi({
    description:
      'pair: one symbol on two exchanges; multi: on three or more at once; cycle: a round of three or more orders',
  }),
  source,
  symbol: z.string().openapi({ description: 'Of a cycle its route, such as `ADA>BTC>USDT`' }),
  base: z.string().openapi({ description: 'Of a cycle the asset it begins with' }),
  quote: z.string().openapi({ description: 'Of a cycle the asset it begins with' }),
  buyExchange: z.string().openapi({ description: 'Of a cycle that of its first order' }),
  sellExchange: z.string().openapi({ description: 'Of a cycle that of its last order' }),
  openedAtMs: timeMs,
  updatedAtMs: timeMs,
  revision: z.number().int().min(1),
  first: edge,
  last: edge,
  peak: edge.openapi({ description: 'The moment of greatest profit' }),
  legs: z.array(leg).readonly(),
  life: life.optional(),
  competition: competition
    .optional()
    .openapi({ description: 'Absent in opportunities of earlier versions' }),
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .nullable()
    .openapi({ description: 'Trace of the detection round that opened it' }),
  lease: z
    .object({ shard: z.string().openapi({ example: '3/8' }), token: z.number().int() })
    .optional()
    .openapi({ description: 'Where detectors share the work: shard and fencing token' }),
};

export const opportunity = z
  .discriminatedUnion('state', [
    z.object({ ...base, state: z.literal('open'), closedAtMs: z.null(), closeReason: z.null() }),
    z.object({
      ...base,
      state: z.literal('closed'),
      closedAtMs: timeMs,
      closeReason: z.enum([
        'edge_below_threshold',
        'book_too_thin',
        'quote_stale',
        'quote_from_future',
        'book_crossed',
        'book_locked',
        'sequence_gap',
        'book_one_sided',
        'book_invalid',
        'legs_skewed',
        'market_suspended',
        'price_out_of_band',
        ...TRANSFER_CLOSE_REASONS,
        'exchange_down',
        'feed_ended',
        'handed_over',
        'shutdown',
      ]),
    }),
  ])
  .openapi('Opportunity');

export const opportunityList = z
  .object({
    source,
    atMs: timeMs,
    opportunities: z.array(opportunity).readonly(),
    nextCursor: z.string().nullable().openapi({ description: 'Null on the last page' }),
  })
  .openapi('OpportunityList');

export const opportunityAnswer = z
  .object({ source, atMs: timeMs, opportunity })
  .openapi('OpportunityAnswer');

const MAX_TIME_MS = 8_640_000_000_000_000;
const fromTo = (description: string) =>
  integerQuery({ min: 0, max: MAX_TIME_MS, description }).optional();

const cursorText = z
  .string()
  .regex(/^[\x21-\x7e]{1,512}$/, '`nextCursor` of the page before')
  .openapi({ description: '`nextCursor` of the page before' });

/** Query of the list. Unknown parameters are refused: a misspelt filter must not return everything. */
export const opportunityQuery = z
  .strictObject({
    symbol: symbolOrRouteText.optional(),
    exchange: exchangeText.optional().openapi({ description: 'On either side' }),
    state: z
      .enum(['open', 'closed'], { error: 'open or closed' })
      .optional()
      .openapi({ description: 'Both when absent' }),
    fromMs: fromTo('Opened at or after, milliseconds since the epoch'),
    toMs: fromTo('Opened before, milliseconds since the epoch'),
    minEdgeBps: numberQuery({
      min: -10_000,
      max: 1_000_000,
      description: 'Least peak edge, basis points',
    }).optional(),
    limit: integerQuery({
      min: 1,
      max: 500,
      description: 'Most to return; 50 when absent',
    }).optional(),
    cursor: cursorText.optional(),
  })
  .refine(({ fromMs, toMs }) => fromMs === undefined || toMs === undefined || fromMs < toMs, {
    path: ['toMs'],
    error: 'later than fromMs',
  });

export const idParams = z.object({
  id: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'the id of an opportunity')
    .openapi({ param: { name: 'id', in: 'path' }, description: 'Id of an opportunity' }),
});

const streamPlace = z.string().regex(/^\d{1,16}-\d{1,16}$/, 'the id of an event of this stream');

export const streamQuery = z.strictObject({
  symbol: symbolOrRouteText.optional(),
  exchange: exchangeText.optional().openapi({ description: 'On either side' }),
  lastEventId: streamPlace
    .optional()
    .openapi({ description: 'Like the header, for clients that cannot set it' }),
});

export const streamHeaders = z.object({
  'last-event-id': streamPlace
    .optional()
    .openapi({ description: 'Resume after this event', example: '1767225600000-41' }),
});
