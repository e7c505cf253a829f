/** What two markets, and the way between them, ask of one pair of orders: fees, lots, limits, balances. */

import type { Book } from '../../domain/book.ts';
import type { Market } from '../../domain/market.ts';
import {
  add,
  ceilToStep,
  compare,
  type Decimal,
  divide,
  divideUp,
  floorToStep,
  multiply,
  subtract,
  toDecimal,
  ZERO,
} from '../../domain/money.ts';
import type { TransferHop } from '../../domain/transfer.ts';
import { SIZE_SCALE } from '../ladder.ts';
import { arrivedOf, hopFeeOf, withdrawnFor } from '../transfer/hops.ts';
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

/** What is bought is moved to where it is sold. */
export interface Carriage {
  readonly hop: TransferHop;
  /** Spot volatility, basis points per square root of a minute; null when risk is not priced. */
  readonly volatilityBps: number | null;
  /** Price risk on the way, basis points of the proceeds. */
  readonly riskBps: number;
  /** The same as a ratio. */
  readonly riskRatio: Decimal;
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
  /** Null: what is sold is there already. */
  readonly carriage: Carriage | null;
}

const ONE = toDecimal(1);

export function toPairTerms(
  buy: PairSide,
  sell: PairSide,
  carriage: Carriage | null = null,
): PairTerms {
  const buyFee = toLegFee(buy.market, 'buy');
  const sellFee = toLegFee(sell.market, 'sell');
  const terms = {
    buy,
    sell,
    buyFee,
    sellFee,
    receivedRatio: subtract(ONE, buyFee.inBaseRatio),
    givenRatio: add(ONE, sellFee.inBaseRatio),
    carriage,
  };
  const step = hasSameRatios(terms) ? commonStepOf(buy.market, sell.market) : stepOf(sell.market);
  return { ...terms, step };
}

type Ratios = Pick<PairTerms, 'receivedRatio' | 'givenRatio'>;
type Flow = Ratios & Pick<PairTerms, 'carriage'>;

/** True when nothing is taken in base units: as much is sold as is bought. */
export function isSameSize(terms: Flow): boolean {
  return terms.carriage === null && hasSameRatios(terms);
}

function hasSameRatios({ receivedRatio, givenRatio }: Ratios): boolean {
  return compare(receivedRatio, givenRatio) === 0;
}

/** The least order on the bought side that covers a sale of `sold` and all that is taken in base units. */
export function toBoughtSize(terms: PairTerms, sold: Decimal): Decimal {
  if (isSameSize(terms)) return sold;
  const needed = neededSize(terms, sold);
  const step = stepOf(terms.buy.market);
  return step === null ? needed : ceilToStep(needed, step);
}

/** As `toBoughtSize`, without lots. */
function neededSize({ carriage, givenRatio, receivedRatio }: PairTerms, sold: Decimal): Decimal {
  const given = multiply(sold, givenRatio);
  const sent = carriage === null ? given : withdrawnFor(carriage.hop, given, SIZE_SCALE);
  return divideUp(sent, receivedRatio, Math.max(SIZE_SCALE, sent.scale));
}

/** Lots bought that are looked at below the optimum: where lots do not divide one another, one of them fits best. */
const LOTS_COUNT = 6;

/** Sizes sold, in lots, that the lots bought next below the optimum cover. */
export function sizesOfBoughtLots(terms: PairTerms, optimum: Decimal): readonly Decimal[] {
  const step = stepOf(terms.buy.market);
  if (step === null) return [];
  const most = floorToStep(neededSize(terms, optimum), step);
  const lots = Array.from({ length: LOTS_COUNT }, (_, index) =>
    subtract(most, { ...step, units: step.units * BigInt(index) }),
  );
  return lots.map((bought) => {
    const sold = toSoldSize(terms, bought);
    return terms.step === null ? sold : floorToStep(sold, terms.step);
  });
}

/** The size sold, rounded down, that an order of `bought` covers; at least zero. */
export function toSoldSize(terms: Flow, bought: Decimal): Decimal {
  if (isSameSize(terms)) return bought;
  const received = multiply(bought, terms.receivedRatio);
  const arrived = terms.carriage === null ? received : arrivedOf(terms.carriage.hop, received);
  return compare(arrived, ZERO) <= 0 ? ZERO : divide(arrived, terms.givenRatio, SIZE_SCALE);
}

/** Base units that the way to the other exchange costs. */
export function toNetworkFee({ carriage, receivedRatio }: PairTerms, bought: Decimal): Decimal {
  return carriage === null ? ZERO : hopFeeOf(carriage.hop, multiply(bought, receivedRatio));
}

/** Base units left over: received, and neither sold nor taken as a fee. */
export function toRemainder(terms: PairTerms, bought: Decimal, sold: Decimal): Decimal {
  if (isSameSize(terms)) return ZERO;
  const arrived = subtract(multiply(bought, terms.receivedRatio), toNetworkFee(terms, bought));
  return subtract(arrived, multiply(sold, terms.givenRatio));
}
