/** ccxt's unified currencies → networks. What does not look like a currency or a network is passed over. */

import type { AssetNetwork } from '../../../domain/network.ts';
import { toNetworkId } from '../../../domain/network-id.ts';
import { toAmountText } from '../../../domain/terms-fields.ts';
import type { CcxtCurrency, CcxtNetwork } from './ccxt-types.ts';

/**
 * Networks of the given assets.
 *
 * @param currencies - what `fetchCurrencies` answered, by unified code; anything may stand there.
 * @param assets - all others are left out: an exchange lists thousands.
 */
export function toNetworks(
  exchange: string,
  currencies: unknown,
  assets: ReadonlySet<string>,
): readonly AssetNetwork[] {
  if (!isRecord(currencies)) return [];
  return Object.entries(currencies).flatMap(([asset, currency]) =>
    assets.has(asset) && isRecord(currency) ? toNetworksOf(exchange, asset, currency) : [],
  );
}

function toNetworksOf(exchange: string, asset: string, currency: CcxtCurrency): AssetNetwork[] {
  if (!isRecord(currency.networks)) return [];
  const byId = new Map<string, AssetNetwork>();
  for (const [name, network] of Object.entries(currency.networks)) {
    if (!isRecord(network)) continue;
    const id = toNetworkId(name);
    // Two names of one chain on one exchange: which of them is meant is not known.
    if (byId.has(id)) byId.set(id, refuse(exchange, asset, id));
    else byId.set(id, toNetwork({ exchange, asset, network: id }, network, currency));
  }
  return [...byId.values()];
}

type Name = Pick<AssetNetwork, 'exchange' | 'asset' | 'network'>;

function toNetwork(name: Name, network: CcxtNetwork, currency: CcxtCurrency): AssetNetwork {
  const { withdraw, deposit } = network.limits ?? {};
  return {
    ...name,
    isDepositEnabled: toFlag(currency, network, 'deposit'),
    isWithdrawalEnabled: toFlag(currency, network, 'withdraw'),
    withdrawalFeeInAsset: toAmountText(network.fee),
    minWithdrawalInAsset: toLimit(withdraw?.min),
    maxWithdrawalInAsset: toLimit(withdraw?.max),
    minDepositInAsset: toLimit(deposit?.min),
    transferMs: null,
  };
}

/**
 * What the network says; where it says nothing, whether it is active, which ccxt sets where both are on. What is off for
 * the currency as a whole is off on each network.
 */
function toFlag(
  currency: CcxtCurrency,
  network: CcxtNetwork,
  field: 'deposit' | 'withdraw',
): boolean | null {
  if (currency[field] === false) return false;
  const said = [network[field], network.active].find((each) => typeof each === 'boolean');
  return typeof said === 'boolean' ? said : null;
}

/** Zero is no limit. */
function toLimit(value: unknown): string | null {
  const text = toAmountText(value);
  return text === '0' ? null : text;
}

function refuse(exchange: string, asset: string, network: string): AssetNetwork {
  return {
    exchange,
    asset,
    network,
    isDepositEnabled: null,
    isWithdrawalEnabled: null,
    withdrawalFeeInAsset: null,
    minWithdrawalInAsset: null,
    maxWithdrawalInAsset: null,
    minDepositInAsset: null,
    transferMs: null,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, never>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
