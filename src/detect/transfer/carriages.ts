/** The ways between the exchanges of a pair with what the price may do meanwhile. */

import { compare, toDecimal } from '../../domain/money.ts';
import type { TransferHop, TransferRefusal } from '../../domain/transfer.ts';
import type { Carriage } from '../costs/pair-terms.ts';
import type { DetectionSettings } from '../settings.ts';
import { findHops } from './hops.ts';
import { priceRiskBps, priceRiskRatio } from './price-risk.ts';
import { type AccountView, DEFAULT_RISK_AVERSION, DEFAULT_TRANSFER_MS } from './transfer-terms.ts';

export interface CarriageQuery {
  readonly asset: string;
  readonly symbol: string;
  readonly fromExchange: string;
  readonly toExchange: string;
}

export type CarriageSearch =
  | { readonly found: true; readonly carriages: readonly Carriage[] }
  | { readonly found: false; readonly reason: TransferRefusal };

/** Those that can be best for some size: least fee first; one that costs more comes only where it is quicker or allows more. */
export function findCarriages(
  query: CarriageQuery,
  account: Pick<AccountView, 'networks' | 'volatility'>,
  settings: Pick<DetectionSettings, 'riskAversion' | 'assumedTransferMs'>,
): CarriageSearch {
  const { riskAversion = DEFAULT_RISK_AVERSION, assumedTransferMs = DEFAULT_TRANSFER_MS } =
    settings;
  const search = findHops({ ...query, assumedTransferMs }, account.networks.networksOf);
  if (!search.found) return search;
  const { symbol } = query;
  const { volatilityBps, ...counts } = account.volatility.read(symbol);
  if (volatilityBps === null && riskAversion > 0) {
    return { found: false, reason: { code: 'volatility_unknown', symbol, ...counts } };
  }
  const hops = search.hops.filter(
    (hop, index) => !search.hops.slice(0, index).some((other) => isDominated(hop, other)),
  );
  const carriages = hops.map((hop) => toCarriage(hop, volatilityBps, riskAversion));
  return { found: true, carriages };
}

/** With a γ of 0 the risk is not priced, whatever the volatility. */
function toCarriage(
  hop: TransferHop,
  volatilityBps: number | null,
  riskAversion: number,
): Carriage {
  const riskBps =
    volatilityBps === null ? 0 : priceRiskBps({ ...hop, volatilityBps, riskAversion });
  return { hop, volatilityBps, riskBps, riskRatio: priceRiskRatio(riskBps) };
}

/** True when `other`, whose fixed fee is not greater, is at least as good in everything else. */
function isDominated(hop: TransferHop, other: TransferHop): boolean {
  return (
    other.feeBps <= hop.feeBps &&
    other.transferMs <= hop.transferMs &&
    other.transferDeviationMs <= hop.transferDeviationMs &&
    isAtMost(other.minWithdrawalInAsset ?? '0', hop.minWithdrawalInAsset ?? '0') &&
    isAtMost(other.minDepositInAsset ?? '0', hop.minDepositInAsset ?? '0') &&
    (other.maxWithdrawalInAsset === null ||
      (hop.maxWithdrawalInAsset !== null &&
        isAtMost(hop.maxWithdrawalInAsset, other.maxWithdrawalInAsset)))
  );
}

function isAtMost(a: string, b: string): boolean {
  return compare(toDecimal(a), toDecimal(b)) <= 0;
}
