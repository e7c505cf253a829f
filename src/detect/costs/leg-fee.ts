/** A trading fee by the asset that it is taken in. */

import type { FeeRole, Market } from '../../domain/market.ts';
import { bpsToRatio, type Decimal, ZERO } from '../../domain/money.ts';

/** Ratios of the amount traded; one of them is zero. */
export interface LegFee {
  /** Taken from what is bought, or added to what is given when selling. */
  readonly inBaseRatio: Decimal;
  /** Added to what is paid, or taken from what is received. */
  readonly inQuoteRatio: Decimal;
}

export type LegSide = 'buy' | 'sell';

/** Without a maker fee the taker's holds for both. */
type FeeTerms = Pick<Market, 'takerBps' | 'feeSide' | 'feeRoles'> &
  Partial<Pick<Market, 'makerBps'>>;

export function feeRoleOf({ feeRoles }: Pick<Market, 'feeRoles'>, side: LegSide): FeeRole {
  return feeRoles?.[side] ?? 'taker';
}

/** The fee that an order of this side pays, basis points. */
export function feeBpsOf(market: FeeTerms, side: LegSide): number {
  return feeRoleOf(market, side) === 'maker'
    ? (market.makerBps ?? market.takerBps)
    : market.takerBps;
}

/** The fee of one leg. */
export function toLegFee(market: FeeTerms, side: LegSide): LegFee {
  const ratio = bpsToRatio(feeBpsOf(market, side));
  return isFeeInBase(market, side)
    ? { inBaseRatio: ratio, inQuoteRatio: ZERO }
    : { inBaseRatio: ZERO, inQuoteRatio: ratio };
}

/** True when the fee is taken in base units; see `FeeSide`. */
export function isFeeInBase(
  { feeSide = 'quote' }: Pick<Market, 'feeSide'>,
  side: LegSide,
): boolean {
  if (feeSide === 'get') return side === 'buy';
  return feeSide === 'base' || (feeSide === 'give' && side === 'sell');
}

/**
 * The fee as a ratio on top of the price (buy) or off it (sell), per base unit that changes exchanges: with a fee of f
 * taken in base units a unit bought costs a / (1 − f), and a unit sold brings b / (1 + f).
 */
export function toPriceRatio(market: FeeTerms, side: LegSide): number {
  const ratio = feeBpsOf(market, side) / 10_000;
  if (!isFeeInBase(market, side)) return ratio;
  return side === 'buy' ? ratio / (1 - ratio) : ratio / (1 + ratio);
}

/** One ratio for both sides of a market that is never above either `toPriceRatio`: screening by it misses nothing. */
export function toScreenRatio(market: FeeTerms): number {
  return Math.min(toPriceRatio(market, 'buy'), toPriceRatio(market, 'sell'));
}
