/** A network: one way on which one exchange sends and takes an asset, and what that costs, allows and takes in time. */

export interface AssetNetwork {
  readonly exchange: string;
  readonly asset: string;
  /** Unified: the same chain has the same id on every exchange (`toNetworkId`). */
  readonly network: string;
  /** Null: the exchange does not say, which is taken as off. */
  readonly isDepositEnabled: boolean | null;
  /** Null: the exchange does not say, which is taken as off. */
  readonly isWithdrawalEnabled: boolean | null;
  /** Taken from each withdrawal whatever its size, decimal string; null: not known, then nothing is sent this way. */
  readonly withdrawalFeeInAsset: string | null;
  /** Taken from each withdrawal beside the fixed fee, basis points of the amount withdrawn; absent: none. */
  readonly withdrawalFeeBps?: number;
  /** Least and most of one withdrawal, its fee included, decimal strings; null: no limit known. */
  readonly minWithdrawalInAsset: string | null;
  readonly maxWithdrawalInAsset: string | null;
  /** What arrives must be at least this much, decimal string; null: no limit known. */
  readonly minDepositInAsset: string | null;
  /** Expected time from the order to withdraw until the deposit can be sold, milliseconds; null: not known. */
  readonly transferMs: number | null;
  /** Standard deviation of that time, milliseconds; absent: none. */
  readonly transferDeviationMs?: number;
  /** Blocks until a deposit counts; absent: not known. */
  readonly confirmationsCount?: number;
}

/** What is held of one asset on one exchange. */
export interface Balance {
  readonly exchange: string;
  readonly asset: string;
  /** Free to be traded, decimal string of at least 0. */
  readonly amountInAsset: string;
}
