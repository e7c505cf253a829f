/**
 * The networks of the terms: exchange → asset → network, each with the fields of ccxt's `fetchCurrencies` that matter
 * (`deposit`, `withdraw`, `active`, `fee`, `limits`) and what ccxt does not know (`feeBps`, `transferMs`,
 * `transferDeviationMs`, `confirmations`). The others of ccxt's fields may stand there, and are not read.
 */

import type { AssetNetwork } from './network.ts';
import { toNetworkId } from './network-id.ts';
import {
  type Fields,
  readAmount,
  readEntries,
  readFields,
  readFlag,
  readNumber,
} from './terms-fields.ts';

const FIELDS = [
  'deposit',
  'withdraw',
  'active',
  'fee',
  'feeBps',
  'limits',
  'transferMs',
  'transferDeviationMs',
  'confirmations',
];
const UNREAD_FIELDS = ['id', 'network', 'name', 'precision', 'margin', 'info'];
const ANY_NUMBER = [0, Number.POSITIVE_INFINITY] as const;
const SHARE_RANGE = [0, 9_999] as const;

export function parseNetworks(value: unknown): readonly AssetNetwork[] {
  return readEntries(value, 'networks').flatMap(([exchange, assets]) =>
    readEntries(assets, `networks.${exchange}`).flatMap(([asset, networks]) =>
      readEntries(networks, `networks.${exchange}.${asset}`).map(([name, network]) =>
        parseNetwork(exchange, asset, name, network),
      ),
    ),
  );
}

function parseNetwork(exchange: string, asset: string, name: string, value: unknown): AssetNetwork {
  const path = `networks.${exchange}.${asset}.${name}`;
  const fields = readFields(value, path, [...FIELDS, ...UNREAD_FIELDS]);
  const limits = readFields(fields.limits ?? {}, `${path}.limits`, null);
  const withdraw = readFields(limits.withdraw ?? {}, `${path}.limits.withdraw`, ['min', 'max']);
  const deposit = readFields(limits.deposit ?? {}, `${path}.limits.deposit`, ['min', 'max']);
  const isActive = readFlag(fields, 'active', path);
  return {
    exchange,
    asset,
    network: toNetworkId(name),
    isDepositEnabled: readFlag(fields, 'deposit', path) ?? isActive,
    isWithdrawalEnabled: readFlag(fields, 'withdraw', path) ?? isActive,
    withdrawalFeeInAsset: readAmount(fields, 'fee', path),
    minWithdrawalInAsset: readAmount(withdraw, 'min', `${path}.limits.withdraw`),
    maxWithdrawalInAsset: readAmount(withdraw, 'max', `${path}.limits.withdraw`),
    minDepositInAsset: readAmount(deposit, 'min', `${path}.limits.deposit`),
    transferMs: readNumber(fields, 'transferMs', path, ANY_NUMBER),
    ...readRest(fields, path),
  };
}

/** What is left out where it is not said. */
function readRest(fields: Fields, path: string) {
  const withdrawalFeeBps = readNumber(fields, 'feeBps', path, SHARE_RANGE);
  const transferDeviationMs = readNumber(fields, 'transferDeviationMs', path, ANY_NUMBER);
  const confirmationsCount = readNumber(fields, 'confirmations', path, ANY_NUMBER);
  return {
    ...(withdrawalFeeBps === null ? {} : { withdrawalFeeBps }),
    ...(transferDeviationMs === null ? {} : { transferDeviationMs }),
    ...(confirmationsCount === null ? {} : { confirmationsCount }),
  };
}
