/** The fees that an own trading volume earns, by the tiers that ccxt knows of an exchange. */

import { tierFeeBps } from '../../../detect/costs/apply-fees.ts';
import { toFeeBps } from '../../../domain/parse-fees.ts';
import type { FeeTier } from '../../../domain/terms.ts';
import { toAmountText } from '../../../domain/terms-fields.ts';
import type { CcxtExchange } from './ccxt-types.ts';
import type { TieredFees } from './to-market.ts';

/**
 * Null when there is no volume, or ccxt knows no tiers: `fees.trading` with `tierBased`, and `tiers` as lists of
 * `[volume, ratio]`.
 */
export function toTieredFees(
  { fees }: Pick<CcxtExchange, 'fees'>,
  volume30d: string | null,
): TieredFees | null {
  const trading = toRecord(toRecord(fees).trading);
  const tiers = toRecord(trading.tiers);
  if (volume30d === null || trading.percentage === false) return null;
  const feeOf = (list: unknown) => tierFeeBps(toTiers(list), volume30d);
  const [takerBps, makerBps] = [feeOf(tiers.taker), feeOf(tiers.maker)];
  if (takerBps === null && makerBps === null) return null;
  return { baseTaker: trading.taker, takerBps, makerBps };
}

function toTiers(list: unknown): readonly FeeTier[] {
  const rows: readonly unknown[] = Array.isArray(list) ? list : [];
  return rows
    .flatMap((row) => {
      const [volume, ratio]: readonly unknown[] = Array.isArray(row) ? row : [];
      const [fromVolume, feeBps] = [toAmountText(volume), toFeeBps(ratio)];
      return fromVolume === null || feeBps === null ? [] : [{ fromVolume, feeBps }];
    })
    .sort((a, b) => Number(a.fromVolume) - Number(b.fromVolume));
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
