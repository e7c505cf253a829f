/** Guards of contracts and funding: what cannot be trusted takes no part. */

import type { BasisMarket } from './basis-market.ts';
import type { BasisMarketReason } from './reasons.ts';
import type { BasisSettings } from './settings.ts';

export type BasisGuardLimits = Pick<BasisSettings, 'maxFundingAgeMs' | 'maxFutureMs'>;

/** The first guard that one market fails at `nowMs`, as a reason; null when it may be used. */
export function judgeBasisMarket(
  source: BasisMarket,
  nowMs: number,
  limits: BasisGuardLimits,
): BasisMarketReason | null {
  const { market, guard } = source;
  const { exchange, symbol } = market;
  if (guard !== null) return { code: 'market_unusable', exchange, symbol, guard };
  if (market.contract === undefined) return null;
  return market.contract.kind === 'dated'
    ? judgeExpiry(source, nowMs)
    : judgeFunding(source, nowMs, limits);
}

/** A contract is settled at its expiry: at that moment it is no longer traded. */
function judgeExpiry({ market }: BasisMarket, nowMs: number): BasisMarketReason | null {
  const { exchange, symbol, contract } = market;
  const expiryMs = contract?.expiryMs ?? null;
  if (expiryMs === null) return { code: 'expiry_unknown', exchange, symbol };
  if (nowMs < expiryMs) return null;
  return { code: 'contract_expired', exchange, symbol, expiryMs, expiredForMs: nowMs - expiryMs };
}

/**
 * Funding is as old as its arrival and, where the exchange says, as its making. A payment whose moment has come belongs
 * to the past; its rate says nothing of the next one.
 */
function judgeFunding(
  { market, funding }: BasisMarket,
  nowMs: number,
  { maxFundingAgeMs, maxFutureMs }: BasisGuardLimits,
): BasisMarketReason | null {
  const { exchange, symbol } = market;
  if (funding === null || !Number.isFinite(funding.rateRatio)) {
    return { code: 'funding_unknown', exchange, symbol };
  }
  const { exchangeTimeMs, receivedAtMs, intervalMs, nextFundingAtMs } = funding;
  if (intervalMs === null || !(intervalMs > 0)) {
    return { code: 'funding_interval_unknown', exchange, symbol };
  }
  const ages = [nowMs - receivedAtMs, nowMs - (exchangeTimeMs ?? receivedAtMs)];
  const ageMs = Math.max(...ages);
  if (!(ageMs <= maxFundingAgeMs)) {
    return { code: 'funding_stale', exchange, symbol, ageMs, maxFundingAgeMs };
  }
  const aheadMs = -Math.min(...ages);
  if (!(aheadMs <= maxFutureMs)) {
    return { code: 'funding_from_future', exchange, symbol, aheadMs, maxFutureMs };
  }
  if (nextFundingAtMs === null || nowMs < nextFundingAtMs) return null;
  return { code: 'funding_passed', exchange, symbol, passedForMs: nowMs - nextFundingAtMs };
}
