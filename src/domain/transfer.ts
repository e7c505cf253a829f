/** A transfer of an asset between two exchanges, and why there is none. */

/** One way from one exchange to another that both have enabled. Amounts are decimal strings. */
export interface TransferHop {
  readonly asset: string;
  readonly fromExchange: string;
  readonly toExchange: string;
  readonly network: string;
  /** Taken from the amount withdrawn, whatever the size. */
  readonly feeInAsset: string;
  /** Taken from the amount withdrawn beside it, basis points of that amount. */
  readonly feeBps: number;
  readonly minWithdrawalInAsset: string | null;
  readonly maxWithdrawalInAsset: string | null;
  readonly minDepositInAsset: string | null;
  /** Expected time, milliseconds, and its standard deviation. */
  readonly transferMs: number;
  readonly transferDeviationMs: number;
  /** True when neither exchange says a time and the configured one is assumed. */
  readonly isTimeAssumed: boolean;
}

interface OfAsset {
  readonly asset: string;
}

/** Why an asset cannot be moved: a closed set, the first that applies in this order. */
export type HopRefusal = OfAsset &
  (
    | { readonly code: 'networks_unknown'; readonly exchange: string }
    | {
        readonly code: 'no_common_network';
        readonly fromExchange: string;
        readonly toExchange: string;
      }
    /** No network that both know lets the asset leave. */
    | {
        readonly code: 'withdrawal_off';
        readonly exchange: string;
        readonly networks: readonly string[];
      }
    /** Of the networks on which it can leave, none lets it in. */
    | {
        readonly code: 'deposit_off';
        readonly exchange: string;
        readonly networks: readonly string[];
      }
    | {
        readonly code: 'withdrawal_fee_unknown';
        readonly exchange: string;
        readonly networks: readonly string[];
      }
  );

/** Why a pair is no opportunity when what is bought has to be moved. */
export type TransferRefusal =
  | HopRefusal
  /** The price risk during the transfer is not known yet. */
  | {
      readonly code: 'volatility_unknown';
      readonly symbol: string;
      readonly samplesCount: number;
      readonly neededCount: number;
    }
  /** What the books and limits let be withdrawn is less than the least withdrawal. */
  | {
      readonly code: 'below_minimum_withdrawal';
      readonly asset: string;
      readonly exchange: string;
      readonly network: string;
      readonly minWithdrawalInBase: string;
    }
  /** What would arrive is less than the least deposit. */
  | {
      readonly code: 'below_minimum_deposit';
      readonly asset: string;
      readonly exchange: string;
      readonly network: string;
      readonly minDepositInBase: string;
    }
  /** No size earns the threshold once the network's fee and the price risk are paid. */
  | {
      readonly code: 'edge_short_after_transfer';
      readonly network: string;
      readonly feeInBase: string;
      readonly riskBps: number;
      /** Of the size that comes nearest, basis points; null when the fee is more than the books hold. */
      readonly edgeBps: number | null;
      /** Up to the threshold, basis points; null with `edgeBps`. */
      readonly missingBps: number | null;
    };

export type TransferRefusalCode = TransferRefusal['code'];
