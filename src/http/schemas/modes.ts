/** Schemas of the two modes of an opportunity, and of what a transfer or a balance stands in the way with. */

import { z } from '@hono/zod-openapi';
import { bps, count, decimal } from './common.ts';

const asset = z.string();
const exchange = z.string();
const network = z.string().openapi({ description: 'Unified id of the chain', example: 'ETH' });
const networks = z.array(network).readonly();
const durationMs = z.number().min(0).openapi({ description: 'Milliseconds' });

export const balanceCap = z
  .object({ exchange, asset, balanceInAsset: decimal })
  .openapi('BalanceCap');

/** Why an asset cannot go from one exchange to another. */
export const HOP_REFUSALS = [
  z.object({ code: z.literal('networks_unknown'), asset, exchange }),
  z.object({
    code: z.literal('no_common_network'),
    asset,
    fromExchange: exchange,
    toExchange: exchange,
  }),
  z.object({ code: z.literal('withdrawal_off'), asset, exchange, networks }),
  z.object({ code: z.literal('deposit_off'), asset, exchange, networks }),
  z.object({ code: z.literal('withdrawal_fee_unknown'), asset, exchange, networks }),
] as const;

export const TRANSFER_REFUSALS = [
  ...HOP_REFUSALS,
  z.object({
    code: z.literal('volatility_unknown'),
    symbol: z.string(),
    samplesCount: count,
    neededCount: count,
  }),
  z.object({
    code: z.literal('below_minimum_withdrawal'),
    asset,
    exchange,
    network,
    minWithdrawalInBase: decimal,
  }),
  z.object({
    code: z.literal('below_minimum_deposit'),
    asset,
    exchange,
    network,
    minDepositInBase: decimal,
  }),
  z.object({
    code: z.literal('edge_short_after_transfer'),
    network,
    feeInBase: decimal,
    riskBps: bps,
    edgeBps: bps.nullable().openapi({ description: 'Of the size that comes nearest' }),
    missingBps: bps.nullable(),
  }),
] as const;

export const BALANCE_REFUSALS = [
  z.object({ code: z.literal('balance_missing'), exchange, asset }),
  z.object({ code: z.literal('balance_too_small'), exchange, asset, balanceInAsset: decimal }),
] as const;

/** Reasons for closing that a transfer or a balance gives. */
export const TRANSFER_CLOSE_REASONS = [
  'networks_unknown',
  'no_common_network',
  'withdrawal_off',
  'deposit_off',
  'withdrawal_fee_unknown',
  'volatility_unknown',
  'below_minimum_withdrawal',
  'below_minimum_deposit',
  'balance_missing',
  'balance_too_small',
] as const;

const modeRefusal = z
  .discriminatedUnion('code', [
    ...TRANSFER_REFUSALS,
    ...BALANCE_REFUSALS,
    z.object({ code: z.enum(['edge_below_threshold', 'book_too_thin', 'book_invalid']) }),
  ])
  .openapi('ModeRefusal', { description: 'Why this mode gives nothing' });

const transferFacts = z
  .object({
    network,
    feeInBase: decimal.openapi({ description: 'All that the network takes at this size' }),
    feeInQuote: decimal.openapi({ description: 'The same at the best ask' }),
    feeBps: bps.openapi({ description: 'The same over the cost' }),
    withdrawnInBase: decimal,
    arrivedInBase: decimal,
    transferMs: durationMs,
    transferDeviationMs: durationMs,
    isTimeAssumed: z.boolean().openapi({ description: 'Neither exchange says a time' }),
    volatilityBps: z
      .number()
      .nullable()
      .openapi({ description: 'Basis points per square root of a minute; null: not needed' }),
    riskBps: bps.openapi({ description: 'Price risk on the way, of the proceeds' }),
    breakEvenNetworkFeeInBase: decimal.nullable().openapi({
      description: 'Fixed network fee at which this size earns nothing; null: beyond the book',
    }),
  })
  .openapi('TransferFacts');

const refused = z.object({ found: z.literal(false), reason: modeRefusal });

/** Both modes of a cycle, side by side. @param waterfall - the schema of a cost waterfall. */
export function toCycleModeOutcomes<Waterfall extends z.ZodType>(waterfall: Waterfall) {
  const outcome = z.discriminatedUnion('found', [z.object(toFigures(waterfall)), refused]);
  return z.object({ inventory: outcome, transfer: outcome }).openapi('CycleModeOutcomes');
}

function toFigures<Waterfall extends z.ZodType>(waterfall: Waterfall) {
  return {
    found: z.literal(true),
    edgeBps: bps,
    sizeInBase: decimal,
    costInQuote: decimal,
    proceedsInQuote: decimal,
    profitInQuote: decimal,
    waterfall,
    cappedBy: z.union([balanceCap, z.null()]),
  };
}

/** Both modes, side by side. @param waterfall - the schema of a cost waterfall. */
export function toModeOutcomes<Waterfall extends z.ZodType>(waterfall: Waterfall) {
  const figures = toFigures(waterfall);
  return z
    .object({
      inventory: z.discriminatedUnion('found', [z.object(figures), refused]),
      transfer: z.discriminatedUnion('found', [
        z.object({ ...figures, transfer: transferFacts }),
        refused,
      ]),
    })
    .openapi('ModeOutcomes');
}
