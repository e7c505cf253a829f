/** One mode of a pair with what is held: what books and limits allow, and what balances leave of it. */

import type { BalanceCap, BalanceRefusal, ModeRefusal } from '../../domain/modes.ts';
import { compare, type Decimal, divide, multiply, toDecimal, ZERO } from '../../domain/money.ts';
import type { MarketKernel } from '../../kernel/kernel.ts';
import type { PairOrders } from '../costs/pair-orders.ts';
import type { PairSide, PairTerms } from '../costs/pair-terms.ts';
import { choosePair } from '../pair.ts';
import type { DetectionSettings } from '../settings.ts';
import type { AccountView } from '../transfer/transfer-terms.ts';

export interface ModeParts {
  readonly kernel: MarketKernel;
  readonly settings: DetectionSettings;
  readonly account: AccountView;
}

/** One mode, judged. */
export type Tried =
  | {
      readonly found: true;
      readonly terms: PairTerms;
      readonly orders: PairOrders;
      readonly cappedBy: BalanceCap | null;
    }
  | { readonly found: false; readonly reason: ModeRefusal };

/** What is tried, in either mode. */
export interface Attempt extends ModeParts {
  readonly buy: PairSide;
  readonly sell: PairSide;
  readonly minEdgeBps: number;
}

/** Places of the share of a need that a balance covers. */
const SHARE_SCALE = 12;

/** What can be ordered, and when a balance is less than that, what it leaves of it. */
export function tryHeld(attempt: Attempt, terms: PairTerms): Tried {
  const { kernel, settings, account } = attempt;
  const confirm = (given: PairTerms) => choosePair(kernel, given, attempt.minEdgeBps, settings);
  const free = confirm(terms);
  if (!free.found) return { found: false, reason: { code: free.reason } };
  const cap = tightestOf(neededOf(terms, free.orders), account);
  if (cap === null) return { found: true, terms, orders: free.orders, cappedBy: null };
  const within = confirm(withBalances(terms, account));
  if (within.found) return { found: true, terms, orders: within.orders, cappedBy: cap };
  return { found: false, reason: toBalanceRefusal(cap) };
}

interface Need {
  readonly exchange: string;
  readonly asset: string;
  readonly amount: Decimal;
}

/** What the orders give: the cost where it is bought; the size where it is sold, unless it arrives there. */
function neededOf(
  { buy, sell, givenRatio, carriage }: PairTerms,
  { cost: paid, sold }: PairOrders,
): Need[] {
  const cost: Need = {
    exchange: buy.market.exchange,
    asset: buy.market.quote,
    amount: paid,
  };
  if (carriage !== null) return [cost];
  const given = multiply(sold.sizeInBase, givenRatio);
  return [cost, { exchange: sell.market.exchange, asset: sell.market.base, amount: given }];
}

/** The balance that covers the least share of what is needed; null when all are enough. */
function tightestOf(needs: readonly Need[], { balanceOf }: AccountView): BalanceCap | null {
  let tightest: { readonly cap: BalanceCap; readonly share: Decimal } | null = null;
  for (const { exchange, asset, amount } of needs) {
    const balanceInAsset = balanceOf(exchange, asset);
    if (balanceInAsset === null) continue;
    const balance = toDecimal(balanceInAsset);
    if (compare(balance, amount) >= 0) continue;
    const share = divide(balance, amount, SHARE_SCALE);
    if (tightest !== null && compare(share, tightest.share) >= 0) continue;
    tightest = { cap: { exchange, asset, balanceInAsset }, share };
  }
  return tightest?.cap ?? null;
}

function withBalances(terms: PairTerms, { balanceOf }: AccountView): PairTerms {
  const { buy, sell, carriage } = terms;
  const buyBalance = balanceOf(buy.market.exchange, buy.market.quote);
  const sellBalance = carriage === null ? balanceOf(sell.market.exchange, sell.market.base) : null;
  return {
    ...terms,
    buy: { ...buy, balance: buyBalance },
    sell: { ...sell, balance: sellBalance },
  };
}

function toBalanceRefusal(cap: BalanceCap): BalanceRefusal {
  const { exchange, asset } = cap;
  const isNothing = compare(toDecimal(cap.balanceInAsset), ZERO) === 0;
  return isNothing
    ? { code: 'balance_missing', exchange, asset }
    : { code: 'balance_too_small', ...cap };
}
