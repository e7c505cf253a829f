/** Small builders of networks for tests; every field can be given. */

import type { AssetNetwork } from '../../src/domain/network.ts';
import type { TransferHop } from '../../src/domain/transfer.ts';

export function network(
  exchange: string,
  asset: string,
  id: string,
  given: Partial<AssetNetwork> = {},
): AssetNetwork {
  return {
    exchange,
    asset,
    network: id,
    isDepositEnabled: true,
    isWithdrawalEnabled: true,
    withdrawalFeeInAsset: '0',
    minWithdrawalInAsset: null,
    maxWithdrawalInAsset: null,
    minDepositInAsset: null,
    transferMs: 600_000,
    ...given,
  };
}

export function hop(given: Partial<TransferHop> = {}): TransferHop {
  return {
    asset: 'BTC',
    fromExchange: 'cheap',
    toExchange: 'dear',
    network: 'BTC',
    feeInAsset: '0',
    feeBps: 0,
    minWithdrawalInAsset: null,
    maxWithdrawalInAsset: null,
    minDepositInAsset: null,
    transferMs: 600_000,
    transferDeviationMs: 0,
    isTimeAssumed: false,
    ...given,
  };
}
