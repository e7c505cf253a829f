/** Schemas of what is known of moving an asset between exchanges. */

import { z } from '@hono/zod-openapi';
import { bps, decimal, source, timeMs } from './common.ts';
import { assetText } from './conversion.ts';
import { HOP_REFUSALS } from './modes.ts';

const durationMs = z.number().min(0).openapi({ description: 'Milliseconds' });
const flag = z
  .boolean()
  .nullable()
  .openapi({ description: 'Null: the exchange does not say, which counts as off' });

const assetNetwork = z
  .object({
    exchange: z.string(),
    asset: z.string(),
    network: z.string().openapi({ description: 'Unified id of the chain' }),
    isDepositEnabled: flag,
    isWithdrawalEnabled: flag,
    withdrawalFeeInAsset: decimal.nullable(),
    withdrawalFeeBps: bps.optional().openapi({ description: 'Of the amount, beside the fee' }),
    minWithdrawalInAsset: decimal.nullable(),
    maxWithdrawalInAsset: decimal.nullable(),
    minDepositInAsset: decimal.nullable(),
    transferMs: durationMs.nullable().openapi({ description: 'Null: not known' }),
    transferDeviationMs: durationMs.optional(),
    confirmationsCount: z.number().optional(),
  })
  .openapi('AssetNetwork');

const hop = z
  .object({
    asset: z.string(),
    fromExchange: z.string(),
    toExchange: z.string(),
    network: z.string(),
    feeInAsset: decimal.openapi({ description: 'Whatever the amount' }),
    feeBps: bps.openapi({ description: 'Of the amount, beside it' }),
    minWithdrawalInAsset: decimal.nullable(),
    maxWithdrawalInAsset: decimal.nullable(),
    minDepositInAsset: decimal.nullable(),
    transferMs: durationMs,
    transferDeviationMs: durationMs,
    isTimeAssumed: z.boolean(),
  })
  .openapi('TransferHop');

const hopRefusal = z
  .discriminatedUnion('code', HOP_REFUSALS)
  .openapi('HopRefusal', { description: 'Why the asset cannot go this way' });

export const transfers = z
  .object({
    source,
    atMs: timeMs,
    asset: z.string(),
    networks: z.array(assetNetwork).readonly(),
    routes: z
      .array(
        z.object({
          fromExchange: z.string(),
          toExchange: z.string(),
          hops: z.array(hop).readonly().openapi({ description: 'Least fee first' }),
          reason: z.union([hopRefusal, z.null()]),
        }),
      )
      .readonly()
      .openapi({ description: 'Between every two exchanges that trade the asset' }),
    balances: z
      .array(z.object({ exchange: z.string(), asset: z.string(), amountInAsset: decimal }))
      .readonly()
      .openapi({ description: 'Of exchanges whose balances are given' }),
  })
  .openapi('Transfers');

export const assetParams = z.object({
  asset: assetText.openapi({ param: { name: 'asset', in: 'path' } }),
});
