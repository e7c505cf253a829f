/** What two markets ask of one pair of orders: fees, lots, limits, balances. */

import type { Book } from '../../domain/book.ts';
import type { Market } from '../../domain/market.ts';
import {
  add,
  ceilToStep,
  compare,
  type Decimal,
  divide,
  divideUp,
  multiply,
  subtract,
  toDecimal,
  ZERO,
} from '../../domain/money.ts';
import { SIZE_SCALE } from '../ladder.ts';
import { commonStepOf, stepOf } from './lattice.ts';
import { type LegFee, toLegFee } from './leg-fee.ts';

/** One side of a pair: a market, its depth, and what can be given there. */
export interface PairSide {
  readonly market: Market;
  readonly book: Book;
  /**
   * Balance held on the exchange of what this side gives, decimal string: quote units when buying, base units when
   * selling; absent or null: no limit.
   */
  readonly balance?: string | null;
}

export interface PairTerms {
  readonly buy: PairSide;
  readonly sell: PairSide;
  readonly buyFee: LegFee;
  readonly sellFee: LegFee;
  /** Step of the size sold; null when every size can be ordered. */
  readonly step: Decimal | null;
  /** Base units received for one bought: 1 − fee in base units. */
  readonly receivedRatio: Decimal;
  /** Base units given for one sold: 1 + fee in base units. */
  readonly givenRatio: Decimal;
}

const ONE = toDecimal(1);

export function toPairTerms(buy: PairSide, sell: PairSide): PairTerms {
  const buyFee = toLegFee(buy.market, 'buy');
  const sellFee = toLegFee(sell.market, 'sell');
  const terms = {
    buy,
    sell,
    buyFee,
    sellFee,
    receivedRatio: subtract(ONE, buyFee.inBaseRatio),
    givenRatio: add(ONE, sellFee.inBaseRatio),
  };
  const step = isSameSize(terms) ? commonStepOf(buy.market, sell.market) : stepOf(sell.market);
  return { ...terms, step };
}

type Ratios = Pick<PairTerms, 'receivedRatio' | 'givenRatio'>;

/** True when no fee is taken in base units: as much is sold as is bought. */
export function isSameSize({ receivedRatio, givenRatio }: Ratios): boolean {
  return compare(receivedRatio, givenRatio) === 0;
}

/** The least order on the bought side that covers a sale of `sold` and both fees taken in base units. */
export function toBoughtSize(terms: PairTerms, sold: Decimal): Decimal {
  if (isSameSize(terms)) return sold;
  const needed = divideUp(multiply(sold, terms.givenRatio), terms.receivedRatio, SIZE_SCALE);
  const step = stepOf(terms.buy.market);
  return step === null ? needed : ceilToStep(needed, step);
}

/** The size sold, rounded down, that an order of `bought` covers. */
export function toSoldSize(terms: Ratios, bought: Decimal): Decimal {
  if (isSameSize(terms)) return bought;
  return divide(multiply(bought, terms.receivedRatio), terms.givenRatio, SIZE_SCALE);
}

/** Base units left over: received, and neither sold nor taken as a fee. */
export function toRemainder(terms: PairTerms, bought: Decimal, sold: Decimal): Decimal {
  if (isSameSize(terms)) return ZERO;
  return subtract(multiply(bought, terms.receivedRatio), multiply(sold, terms.givenRatio));
}
