/** The mode `transfer` of a pair: every way between its exchanges is tried, and the one that leaves most is taken. */

import type { ModeRefusal } from '../../domain/modes.ts';
import { compare, type Decimal, floorToStep, minimum, ZERO } from '../../domain/money.ts';
import type { TransferRefusal } from '../../domain/transfer.ts';
import { stepOf } from '../costs/lattice.ts';
import { toPairOrders } from '../costs/pair-orders.ts';
import { type Carriage, type PairTerms, toPairTerms, toSoldSize } from '../costs/pair-terms.ts';
import { toBps } from '../costs/pair-waterfall.ts';
import { depthOf } from '../ladder.ts';
import { findCarriages } from '../transfer/carriages.ts';
import { type Attempt, type Tried, tryHeld } from './try-held.ts';

const UNBOUNDED = {
  minWithdrawalInAsset: null,
  maxWithdrawalInAsset: null,
  minDepositInAsset: null,
};

/** Without limits: only the books bound the size. */
const UNLIMITED = {
  maxSizeInBase: Number.POSITIVE_INFINITY,
  maxNotionalInQuote: Number.POSITIVE_INFINITY,
};

/** Of all ways the one that leaves most; when none does, the reason of the one that comes nearest. */
export function tryTransfer(attempt: Attempt, inventory: Tried): Tried {
  const { account, settings, buy, sell } = attempt;
  const { base, symbol, exchange } = buy.market;
  const query = { asset: base, symbol, fromExchange: exchange, toExchange: sell.market.exchange };
  const search = findCarriages(query, account, settings);
  if (!search.found) return search;
  return search.carriages
    .map((carriage) => tryCarriage(attempt, carriage, inventory))
    .reduce((best, tried) => (isBetter(tried, best) ? tried : best));
}

function tryCarriage(attempt: Attempt, carriage: Carriage, inventory: Tried): Tried {
  const { buy, sell } = attempt;
  const tried = tryHeld(attempt, toPairTerms(buy, sell, carriage));
  if (tried.found) return tried;
  const { code } = tried.reason;
  if (code === 'book_too_thin') {
    return { found: false, reason: toBoundRefusal(attempt, carriage) ?? tried.reason };
  }
  if (code !== 'edge_below_threshold') return tried;
  return { found: false, reason: toShortage(attempt, carriage, inventory) };
}

/** The least withdrawal or deposit when it alone stands in the way; null otherwise. */
function toBoundRefusal(attempt: Attempt, carriage: Carriage): TransferRefusal | null {
  const { buy, sell } = attempt;
  const { hop } = carriage;
  const { asset, fromExchange, toExchange, network } = hop;
  const passesWithout = (without: Partial<typeof hop>) => {
    const terms = toPairTerms(buy, sell, { ...carriage, hop: { ...hop, ...without } });
    const tried = tryHeld(attempt, terms);
    return tried.found || tried.reason.code !== 'book_too_thin';
  };
  const { minWithdrawalInAsset: minWithdrawalInBase, minDepositInAsset: minDepositInBase } = hop;
  if (minWithdrawalInBase !== null && passesWithout({ minWithdrawalInAsset: null })) {
    const code = 'below_minimum_withdrawal';
    return { code, asset, exchange: fromExchange, network, minWithdrawalInBase };
  }
  if (minDepositInBase === null || !passesWithout({ minDepositInAsset: null })) return null;
  const code = 'below_minimum_deposit';
  return { code, asset, exchange: toExchange, network, minDepositInBase };
}

/** What is missing at the size of the mode `inventory`, or at what the book holds of it beside the fee. */
function toShortage(
  { settings, buy, sell, minEdgeBps }: Attempt,
  carriage: Carriage,
  inventory: Tried,
): TransferRefusal {
  const { hop, riskBps } = carriage;
  const shortage = (edgeBps: number | null): TransferRefusal => ({
    code: 'edge_short_after_transfer',
    network: hop.network,
    feeInBase: hop.feeInAsset,
    riskBps,
    edgeBps,
    missingBps: edgeBps === null ? null : Math.max(0, minEdgeBps - edgeBps),
  });
  if (!inventory.found) return shortage(null);
  const { fixedCostInQuote = 0 } = settings;
  const terms = toPairTerms(buy, sell, { ...carriage, hop: { ...hop, ...UNBOUNDED } });
  const size = minimum(inventory.orders.sold.sizeInBase, mostCovered(terms));
  const isAny = compare(size, ZERO) > 0;
  const orders = isAny ? toPairOrders(terms, size, { ...UNLIMITED, fixedCostInQuote }) : null;
  return shortage(orders === null ? null : toBps(orders.profit, orders.cost));
}

/** The most that all asks together cover beside the fee, in lots. */
function mostCovered(terms: PairTerms): Decimal {
  const { asks } = terms.buy.book;
  const depth = depthOf(asks, asks.length);
  const lots = stepOf(terms.buy.market);
  const sold = toSoldSize(terms, lots === null ? depth : floorToStep(depth, lots));
  return terms.step === null ? sold : floorToStep(sold, terms.step);
}

function isBetter(tried: Tried, best: Tried): boolean {
  if (tried.found && best.found) return compare(tried.orders.profit, best.orders.profit) > 0;
  if (tried.found || best.found) return tried.found;
  return shortnessOf(tried.reason) < shortnessOf(best.reason);
}

/** Basis points that are missing; Infinity when it is something else. */
function shortnessOf(reason: ModeRefusal): number {
  if (reason.code !== 'edge_short_after_transfer') return Number.POSITIVE_INFINITY;
  return reason.missingBps ?? Number.MAX_VALUE;
}
