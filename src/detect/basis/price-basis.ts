/**
 * One pair at one size: what is earned until the horizon, or until the dated leg is settled, less going in and coming
 * out of both legs at the books as they are now.
 */

import {
  add,
  compare,
  type Decimal,
  divide,
  multiply,
  subtract,
  toDecimal,
  toNumber,
  ZERO,
} from '../../domain/money.ts';
import { type BasisMarket, instrumentOf } from './basis-market.ts';
import type { BasisPair } from './basis-pairs.ts';
import { ratePerHour } from './funding-rate.ts';
import {
  buyLeg,
  exactMiddleOf,
  isSettled,
  sellLeg,
  settleLeg,
  type Trade,
  type TradeResult,
} from './leg-trades.ts';
import type { BasisPairReason } from './reasons.ts';
import { DAY_MS, DAYS_PER_YEAR, HOUR_MS } from './settings.ts';

export interface LegTrades {
  readonly entry: Trade;
  readonly exit: Trade;
}

/** Exact figures of one pair; `costs` and the parts of `gross` are quote units. */
export interface PricedBasis {
  readonly long: LegTrades;
  readonly short: LegTrades;
  readonly size: Decimal;
  readonly capital: Decimal;
  readonly entryCost: Decimal;
  readonly exitCost: Decimal;
  /** Null for dated contracts. */
  readonly fundingPerHour: Decimal | null;
  readonly gross: Decimal;
  readonly profit: Decimal;
  readonly daysHeld: number;
}

export type PricedResult =
  | { readonly found: true; readonly priced: PricedBasis }
  | { readonly found: false; readonly reason: BasisPairReason };

const HOUR = toDecimal(HOUR_MS);
const RATIO_SCALE = 18;

/** @param heldMs - how long the position is held, milliseconds, above 0. */
export function priceBasis(pair: BasisPair, size: Decimal, heldMs: number): PricedResult {
  const { long, short } = pair;
  const spotMiddle = exactMiddleOf(instrumentOf(long.market) === 'spot' ? long : short);
  const close = (leg: BasisMarket, position: 'long' | 'short'): TradeResult => {
    if (isSettled(leg)) return settleLeg(leg, size, spotMiddle, position);
    return position === 'long' ? sellLeg(leg, size) : buyLeg(leg, size);
  };
  const longIn = buyLeg(long, size);
  const shortIn = sellLeg(short, size);
  if (!longIn.found) return tooThin(long, longIn.side);
  if (!shortIn.found) return tooThin(short, shortIn.side);
  const longOut = close(long, 'long');
  const shortOut = close(short, 'short');
  if (!longOut.found) return tooThin(long, longOut.side);
  if (!shortOut.found) return tooThin(short, shortOut.side);
  const trades = {
    long: { entry: longIn.trade, exit: longOut.trade },
    short: { entry: shortIn.trade, exit: shortOut.trade },
  };
  return { found: true, priced: toPriced(pair, size, trades, heldMs) };
}

function toPriced(
  pair: BasisPair,
  size: Decimal,
  { long, short }: { readonly long: LegTrades; readonly short: LegTrades },
  heldMs: number,
): PricedBasis {
  const entry = subtract(short.entry.netInQuote, long.entry.netInQuote);
  const exit = subtract(long.exit.netInQuote, short.exit.netInQuote);
  const basisIn = multiply(size, middlesApart(pair));
  const basisOut = isSettled(pair.long) || isSettled(pair.short) ? ZERO : basisIn;
  const fundingPerHour = fundingOf(pair, size, short, long);
  const funding =
    fundingPerHour === null
      ? ZERO
      : divide(multiply(fundingPerHour, toDecimal(heldMs)), HOUR, RATIO_SCALE);
  return {
    ...{ long, short, size, fundingPerHour },
    capital: long.entry.netInQuote,
    entryCost: subtract(basisIn, entry),
    exitCost: subtract({ units: -basisOut.units, scale: basisOut.scale }, exit),
    gross: add(funding, subtract(basisIn, basisOut)),
    profit: add(funding, add(entry, exit)),
    daysHeld: heldMs / DAY_MS,
  };
}

/** Middle of the short leg less middle of the long leg, quote units. */
function middlesApart({ long, short }: BasisPair): Decimal {
  return subtract(exactMiddleOf(short), exactMiddleOf(long));
}

/** Received by the short leg less paid by the long leg, quote units per hour; null when neither has funding. */
function fundingOf(
  pair: BasisPair,
  size: Decimal,
  short: LegTrades,
  long: LegTrades,
): Decimal | null {
  const received = legFunding(pair.short, size, short.entry.amountInQuote);
  const paid = legFunding(pair.long, size, long.entry.amountInQuote);
  if (received === null && paid === null) return null;
  return subtract(received ?? ZERO, paid ?? ZERO);
}

/**
 * What longs pay to shorts per hour for one leg. A linear position is worth its size at the mark price (the middle of
 * the book where the exchange says none), an inverse one the quote units of its contracts.
 */
function legFunding(leg: BasisMarket, size: Decimal, amountInQuote: Decimal): Decimal | null {
  const { market, funding } = leg;
  if (market.contract?.kind !== 'perpetual' || funding === null) return null;
  const rate = ratePerHour(funding);
  if (rate === null) return null;
  const isInverse = market.contract.settlement === 'inverse';
  return multiply(rate, isInverse ? amountInQuote : multiply(size, markOf(leg)));
}

function markOf(leg: BasisMarket): Decimal {
  const mark = leg.funding?.markPriceInQuote ?? 0;
  return mark > 0 && Number.isFinite(mark) ? toDecimal(mark) : exactMiddleOf(leg);
}

/** Gross over capital, a year, by ACT/365. */
export function annualisedOf(amount: Decimal, capital: Decimal, daysHeld: number): number {
  return (ratioOf(amount, capital) * DAYS_PER_YEAR) / daysHeld;
}

/** The nearest f64 of a quotient cut at 18 places; 0 for a capital of zero. */
export function ratioOf(amount: Decimal, capital: Decimal): number {
  return compare(capital, ZERO) === 0 ? 0 : toNumber(divide(amount, capital, RATIO_SCALE));
}

function tooThin({ market, hasDepth }: BasisMarket, side: 'bids' | 'asks'): PricedResult {
  const { exchange, symbol } = market;
  return {
    found: false,
    reason: { code: hasDepth ? 'book_too_thin' : 'depth_unknown', exchange, symbol, side },
  };
}
