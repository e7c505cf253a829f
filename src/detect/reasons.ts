/** Why a candidate is not an opportunity: a closed set, one reason for each rejected candidate. */

import type { BalanceRefusal } from '../domain/modes.ts';
import type { CloseReason } from '../domain/opportunity.ts';
import type { TransferRefusalCode } from '../domain/transfer.ts';
import type { Guard } from './guards.ts';

export type RejectionReason =
  /** No size earns more than the threshold after all costs. */
  | 'edge_below_threshold'
  /** What is left of the size, after rounding to the markets' steps, is under their minimum. */
  | 'book_too_thin'
  /** A level is not a positive price with a size, or the levels are out of order. */
  | 'book_invalid'
  /** No depth is known yet for one side; it has been asked for. */
  | 'book_unavailable'
  /** The two legs are not of the same time. */
  | 'legs_skewed'
  /** What is bought has to be moved, and cannot be, or not at a profit. */
  | TransferRefusalCode
  /** What is held is not enough. */
  | BalanceRefusal['code']
  /** The market's quote or book failed a guard. */
  | `guard_${Guard}`;

/** The reason under which an open opportunity closes when it is rejected for `reason`. */
export function toCloseReason(reason: RejectionReason): CloseReason {
  switch (reason) {
    case 'edge_below_threshold':
    case 'book_too_thin':
    case 'book_invalid':
    case 'legs_skewed':
    case 'networks_unknown':
    case 'no_common_network':
    case 'withdrawal_off':
    case 'deposit_off':
    case 'withdrawal_fee_unknown':
    case 'volatility_unknown':
    case 'below_minimum_withdrawal':
    case 'below_minimum_deposit':
    case 'balance_missing':
    case 'balance_too_small':
      return reason;
    case 'edge_short_after_transfer':
      return 'edge_below_threshold';
    case 'book_unavailable':
    case 'guard_stale':
      return 'quote_stale';
    case 'guard_sequence_gap':
      return 'sequence_gap';
    case 'guard_no_quote':
      return 'exchange_down';
    case 'guard_from_future':
      return 'quote_from_future';
    case 'guard_crossed':
      return 'book_crossed';
    case 'guard_locked':
      return 'book_locked';
    case 'guard_one_sided':
      return 'book_one_sided';
    case 'guard_suspended':
      return 'market_suspended';
    case 'guard_out_of_band':
      return 'price_out_of_band';
    default:
      return unreachable(reason);
  }
}

function unreachable(reason: never): never {
  throw new Error(`BUG: rejection reason ${String(reason)} is not handled`);
}
