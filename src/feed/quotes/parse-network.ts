/** A network, as a market-data service tells it. */

import type { AssetNetwork } from '../../domain/network.ts';
import { toAmountText } from '../../domain/terms-fields.ts';
import { invalidField, type JsonRecord, readName, readNumber } from '../recording/fields.ts';

/** @throws {SpreadscopeError} `recording_invalid`, naming the field. */
export function parseNetworkRecord(record: JsonRecord): AssetNetwork {
  const withdrawalFeeBps = readOptional(record, 'withdrawalFeeBps');
  const transferDeviationMs = readOptional(record, 'transferDeviationMs');
  const confirmationsCount = readOptional(record, 'confirmationsCount');
  return {
    exchange: readName(record, 'exchange'),
    asset: readName(record, 'asset'),
    network: readName(record, 'network'),
    isDepositEnabled: readFlag(record, 'isDepositEnabled'),
    isWithdrawalEnabled: readFlag(record, 'isWithdrawalEnabled'),
    withdrawalFeeInAsset: readAmount(record, 'withdrawalFeeInAsset'),
    minWithdrawalInAsset: readAmount(record, 'minWithdrawalInAsset'),
    maxWithdrawalInAsset: readAmount(record, 'maxWithdrawalInAsset'),
    minDepositInAsset: readAmount(record, 'minDepositInAsset'),
    transferMs: readOptional(record, 'transferMs'),
    ...(withdrawalFeeBps === null ? {} : { withdrawalFeeBps }),
    ...(transferDeviationMs === null ? {} : { transferDeviationMs }),
    ...(confirmationsCount === null ? {} : { confirmationsCount }),
  };
}

function readFlag(record: JsonRecord, field: string): boolean | null {
  const value = record[field];
  if (value === null || typeof value === 'boolean') return value;
  throw invalidField(field, 'true, false or null', value);
}

function readAmount(record: JsonRecord, field: string): string | null {
  const value = record[field];
  if (value === null) return null;
  const amount = toAmountText(value);
  if (amount === null) throw invalidField(field, 'a decimal of at least 0, or null', value);
  return amount;
}

/** A number of at least 0; null when it is null or absent. */
function readOptional(record: JsonRecord, field: string): number | null {
  if (record[field] === null || record[field] === undefined) return null;
  const value = readNumber(record, field);
  if (value < 0) throw invalidField(field, 'a number of at least 0', value);
  return value;
}
