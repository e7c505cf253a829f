/** The ways on which an asset can go from one exchange to another now. Fails closed: what is not said is not used. */

import {
  add,
  bpsToRatio,
  compare,
  type Decimal,
  divideUp,
  multiply,
  subtract,
  toDecimal,
} from '../../domain/money.ts';
import type { AssetNetwork } from '../../domain/network.ts';
import type { HopRefusal, TransferHop } from '../../domain/transfer.ts';

/** Networks of one asset on one exchange; null when nothing is known of them. */
export type NetworksOf = (exchange: string, asset: string) => readonly AssetNetwork[] | null;

export interface HopQuery {
  readonly asset: string;
  readonly fromExchange: string;
  readonly toExchange: string;
  /** Taken for the time of a network of which neither exchange says it, milliseconds. */
  readonly assumedTransferMs: number;
}

export type HopSearch =
  | { readonly found: true; readonly hops: readonly [TransferHop, ...TransferHop[]] }
  | { readonly found: false; readonly reason: HopRefusal };

interface Way {
  readonly from: AssetNetwork;
  readonly to: AssetNetwork;
}

/** All ways that both exchanges have enabled, least fixed fee first; of equal fees the quickest, then by network. */
export function findHops(query: HopQuery, networksOf: NetworksOf): HopSearch {
  const { asset, fromExchange, toExchange } = query;
  const refuse = (reason: HopRefusal): HopSearch => ({ found: false, reason });
  const sent = networksOf(fromExchange, asset);
  const taken = networksOf(toExchange, asset);
  if (sent === null || taken === null) {
    const exchange = sent === null ? fromExchange : toExchange;
    return refuse({ code: 'networks_unknown', asset, exchange });
  }
  const common = toWays(sent, taken);
  if (common.length === 0) {
    return refuse({ code: 'no_common_network', asset, fromExchange, toExchange });
  }
  const leaving = common.filter(({ from }) => from.isWithdrawalEnabled === true);
  if (leaving.length === 0) {
    const networks = common.map(nameOf);
    return refuse({ code: 'withdrawal_off', asset, exchange: fromExchange, networks });
  }
  const open = leaving.filter(({ to }) => to.isDepositEnabled === true);
  if (open.length === 0) {
    const networks = leaving.map(nameOf);
    return refuse({ code: 'deposit_off', asset, exchange: toExchange, networks });
  }
  const [first, ...others] = open
    .flatMap((way) => toHop(way, query.assumedTransferMs) ?? [])
    .sort((a, b) => compareHops(a, b, null));
  if (first !== undefined) return { found: true, hops: [first, ...others] };
  const networks = open.map(nameOf);
  return refuse({ code: 'withdrawal_fee_unknown', asset, exchange: fromExchange, networks });
}

/** The way that costs least of `amountInAsset` withdrawn; null: of the fixed fees alone. */
export function cheapestHop(
  [first, ...others]: readonly [TransferHop, ...TransferHop[]],
  amountInAsset: Decimal | null,
): TransferHop {
  return others.reduce(
    (best, hop) => (compareHops(hop, best, amountInAsset) < 0 ? hop : best),
    first,
  );
}

/** What a withdrawal of `amountInAsset` costs, exact. */
export function hopFeeOf(
  { feeInAsset, feeBps }: Pick<TransferHop, 'feeInAsset' | 'feeBps'>,
  amountInAsset: Decimal,
): Decimal {
  const fixed = toDecimal(feeInAsset);
  return feeBps === 0 ? fixed : add(fixed, multiply(amountInAsset, bpsToRatio(feeBps)));
}

/** What arrives of `amountInAsset` withdrawn, exact; negative when the fee is more than that. */
export function arrivedOf(
  hop: Pick<TransferHop, 'feeInAsset' | 'feeBps'>,
  amountInAsset: Decimal,
): Decimal {
  return subtract(amountInAsset, hopFeeOf(hop, amountInAsset));
}

/** The least that has to be withdrawn for `arrivedInAsset` to arrive, rounded up at `scale` places. */
export function withdrawnFor(
  { feeInAsset, feeBps }: Pick<TransferHop, 'feeInAsset' | 'feeBps'>,
  arrivedInAsset: Decimal,
  scale: number,
): Decimal {
  const withFee = add(arrivedInAsset, toDecimal(feeInAsset));
  if (feeBps === 0) return withFee;
  return divideUp(withFee, subtract(toDecimal(1), bpsToRatio(feeBps)), scale);
}

export type HopBound = 'min_withdrawal' | 'max_withdrawal' | 'min_deposit';

/** The first limit of a way that a withdrawal of `amountInAsset` breaks; null: none. */
export function brokenBoundOf(hop: TransferHop, amountInAsset: Decimal): HopBound | null {
  const { minWithdrawalInAsset: least, maxWithdrawalInAsset: most, minDepositInAsset } = hop;
  if (least !== null && compare(amountInAsset, toDecimal(least)) < 0) return 'min_withdrawal';
  if (most !== null && compare(amountInAsset, toDecimal(most)) > 0) return 'max_withdrawal';
  const arrived = arrivedOf(hop, amountInAsset);
  const needed = toDecimal(minDepositInAsset ?? 0);
  return compare(arrived, needed) < 0 ? 'min_deposit' : null;
}

function toWays(sent: readonly AssetNetwork[], taken: readonly AssetNetwork[]): readonly Way[] {
  return sent.flatMap((from) => {
    const to = taken.find(({ network }) => network === from.network);
    return to === undefined ? [] : [{ from, to }];
  });
}

/** Null when the fee is not known. */
function toHop({ from, to }: Way, assumedTransferMs: number): TransferHop | null {
  if (from.withdrawalFeeInAsset === null) return null;
  const known = [from.transferMs, to.transferMs].filter((each) => each !== null);
  return {
    asset: from.asset,
    fromExchange: from.exchange,
    toExchange: to.exchange,
    network: from.network,
    feeInAsset: from.withdrawalFeeInAsset,
    feeBps: from.withdrawalFeeBps ?? 0,
    minWithdrawalInAsset: from.minWithdrawalInAsset,
    maxWithdrawalInAsset: from.maxWithdrawalInAsset,
    minDepositInAsset: to.minDepositInAsset,
    // Where both say a time the slower one counts.
    transferMs: known.length === 0 ? assumedTransferMs : Math.max(...known),
    transferDeviationMs: Math.max(from.transferDeviationMs ?? 0, to.transferDeviationMs ?? 0),
    isTimeAssumed: known.length === 0,
  };
}

function compareHops(a: TransferHop, b: TransferHop, amountInAsset: Decimal | null): number {
  const feeOf = (hop: TransferHop) =>
    amountInAsset === null ? toDecimal(hop.feeInAsset) : hopFeeOf(hop, amountInAsset);
  return (
    compare(feeOf(a), feeOf(b)) || a.transferMs - b.transferMs || (a.network < b.network ? -1 : 1)
  );
}

function nameOf({ from }: Way): string {
  return from.network;
}
