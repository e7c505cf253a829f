/** A reason of a transfer or a balance in one sentence for people. */

import type { BalanceRefusal } from '../../domain/modes.ts';
import type { TransferRefusal } from '../../domain/transfer.ts';
import { toBps } from './bps-text.ts';
import type { CapReason } from './reasons.ts';

export type TransferReason = TransferRefusal | BalanceRefusal | CapReason;

const CODES: Readonly<Record<TransferReason['code'], true>> = {
  networks_unknown: true,
  no_common_network: true,
  withdrawal_off: true,
  deposit_off: true,
  withdrawal_fee_unknown: true,
  volatility_unknown: true,
  below_minimum_withdrawal: true,
  below_minimum_deposit: true,
  edge_short_after_transfer: true,
  balance_missing: true,
  balance_too_small: true,
  balance_binds: true,
};

export function isTransferReason<Given extends { readonly code: string }>(
  reason: Given,
): reason is Extract<Given, { readonly code: TransferReason['code'] }> {
  return Object.hasOwn(CODES, reason.code);
}

/** Without a full stop. */
export function toTransferSentence(reason: TransferReason): string {
  switch (reason.code) {
    case 'networks_unknown':
      return `${reason.exchange} does not say on which networks ${reason.asset} moves`;
    case 'no_common_network':
      return `no network of ${reason.asset} that ${reason.fromExchange} and ${reason.toExchange} share`;
    case 'withdrawal_off':
      return `withdrawals of ${reason.asset} are off on ${reason.exchange} (${reason.networks.join(', ')})`;
    case 'deposit_off':
      return `deposits of ${reason.asset} are off on ${reason.exchange} (${reason.networks.join(', ')})`;
    case 'withdrawal_fee_unknown':
      return `${reason.exchange} does not say what a withdrawal of ${reason.asset} costs (${reason.networks.join(', ')})`;
    case 'volatility_unknown':
      return `volatility of ${reason.symbol} not known yet: ${reason.samplesCount} of ${reason.neededCount} prices`;
    case 'below_minimum_withdrawal':
      return `under the least withdrawal of ${reason.minWithdrawalInBase} ${reason.asset} on ${reason.exchange} (${reason.network})`;
    case 'below_minimum_deposit':
      return `under the least deposit of ${reason.minDepositInBase} ${reason.asset} on ${reason.exchange} (${reason.network})`;
    case 'balance_missing':
      return `no ${reason.asset} held on ${reason.exchange}`;
    case 'balance_too_small':
      return `${reason.balanceInAsset} ${reason.asset} held on ${reason.exchange} are not enough for an order`;
    case 'balance_binds':
      return `no larger than the ${reason.balanceInAsset} ${reason.asset} held on ${reason.exchange}`;
    case 'edge_short_after_transfer':
      return toShortSentence(reason);
    default:
      return unreachable(reason);
  }
}

function toShortSentence(
  reason: Extract<TransferReason, { code: 'edge_short_after_transfer' }>,
): string {
  const { missingBps, network, feeInBase, riskBps } = reason;
  const short = missingBps === null ? 'short' : `${toBps(missingBps)} bps short`;
  return `${short} after a transfer on ${network} (fee ${feeInBase}, price risk ${toBps(riskBps)} bps)`;
}

function unreachable(reason: never): never {
  throw new Error(`BUG: reason ${JSON.stringify(reason)} has no sentence`);
}
