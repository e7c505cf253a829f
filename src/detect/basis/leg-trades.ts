/** What going into and out of one leg costs, by the books as they are now, exactly. */

import {
  add,
  bpsToRatio,
  compare,
  type Decimal,
  divide,
  divideUp,
  multiply,
  subtract,
  toDecimal,
  ZERO,
} from '../../domain/money.ts';
import { toLegFee } from '../costs/leg-fee.ts';
import { type Fill, fillLadder, SIZE_SCALE } from '../ladder.ts';
import { type BasisMarket, instrumentOf } from './basis-market.ts';

/** One order, or the settlement of a dated contract. */
export interface Trade {
  /** Quote units that change hands, fee included when paid and deducted when received. */
  readonly netInQuote: Decimal;
  readonly feeInQuote: Decimal;
  readonly amountInQuote: Decimal;
  readonly averagePrice: Decimal;
  /** Null for a settlement, which fills no book. */
  readonly limitPrice: Decimal | null;
  readonly levelsCount: number;
}

export type TradeResult =
  | { readonly found: true; readonly trade: Trade }
  | { readonly found: false; readonly side: 'bids' | 'asks' };

const ONE = toDecimal(1);

/**
 * Buys so much that `size` is left after a fee in base units; such a fee costs what the order for it costs.
 *
 * @param size - base units, above zero.
 */
export function buyLeg({ market, asks }: BasisMarket, size: Decimal): TradeResult {
  const fee = toLegFee(market, 'buy');
  const hasFeeInBase = compare(fee.inBaseRatio, ZERO) !== 0;
  const wanted = hasFeeInBase ? divideUp(size, subtract(ONE, fee.inBaseRatio), SIZE_SCALE) : size;
  const fill = fillLadder(asks, wanted);
  if (fill === null) return { found: false, side: 'asks' };
  const netInQuote = multiply(fill.amountInQuote, add(ONE, fee.inQuoteRatio));
  const feeInQuote = hasFeeInBase
    ? multiply(fill.averagePrice, subtract(wanted, size))
    : subtract(netInQuote, fill.amountInQuote);
  return { found: true, trade: toTrade(fill, netInQuote, feeInQuote) };
}

/** Sells so much that `size` is given with a fee in base units; of such a fee the order is smaller. */
export function sellLeg({ market, bids }: BasisMarket, size: Decimal): TradeResult {
  const fee = toLegFee(market, 'sell');
  const hasFeeInBase = compare(fee.inBaseRatio, ZERO) !== 0;
  const sold = hasFeeInBase ? divide(size, add(ONE, fee.inBaseRatio), SIZE_SCALE) : size;
  const fill = fillLadder(bids, sold);
  if (fill === null) return { found: false, side: 'bids' };
  const netInQuote = multiply(fill.amountInQuote, subtract(ONE, fee.inQuoteRatio));
  const feeInQuote = hasFeeInBase
    ? multiply(fill.averagePrice, subtract(size, sold))
    : subtract(fill.amountInQuote, netInQuote);
  return { found: true, trade: toTrade(fill, netInQuote, feeInQuote) };
}

/**
 * A dated contract at its expiry: settled at the price of spot, which is taken to be what it is now. Exchanges do not
 * say their delivery fee through ccxt; the taker fee, which is not below it, is charged.
 */
export function settleLeg(
  { market }: BasisMarket,
  size: Decimal,
  spotPrice: Decimal,
  side: 'long' | 'short',
): TradeResult {
  const amountInQuote = multiply(size, spotPrice);
  const feeInQuote = multiply(amountInQuote, bpsToRatio(market.takerBps));
  const netInQuote =
    side === 'long' ? subtract(amountInQuote, feeInQuote) : add(amountInQuote, feeInQuote);
  const trade: Trade = {
    ...{ netInQuote, feeInQuote, amountInQuote, averagePrice: spotPrice },
    limitPrice: null,
    levelsCount: 0,
  };
  return { found: true, trade };
}

/** True when the leg is settled rather than traded back. */
export function isSettled({ market }: BasisMarket): boolean {
  return instrumentOf(market) === 'dated';
}

/** The middle of the book, exact: the prices themselves, not their f64 sum. Both sides are there. */
export function exactMiddleOf({ bids, asks }: BasisMarket): Decimal {
  const sum = add(toDecimal(bids[0]?.[0] ?? 0), toDecimal(asks[0]?.[0] ?? 0));
  return { units: sum.units * 5n, scale: sum.scale + 1 };
}

function toTrade(fill: Fill, netInQuote: Decimal, feeInQuote: Decimal): Trade {
  const { amountInQuote, averagePrice, limitPrice, levelsCount } = fill;
  return { netInQuote, feeInQuote, amountInQuote, averagePrice, limitPrice, levelsCount };
}
