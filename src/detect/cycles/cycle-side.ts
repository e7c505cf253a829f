/** One leg of a cycle with its depth, as the walk and the exact filling need it. */

import type { Book, Level } from '../../domain/book.ts';
import type { Market } from '../../domain/market.ts';
import { toNumber } from '../../domain/money.ts';
import type { TransferHop } from '../../domain/transfer.ts';
import { toLegFee, toPriceRatio } from '../costs/leg-fee.ts';
import type { DetectionSettings } from '../settings.ts';
import type { LegLimits, WalkLevel } from './cycle-walk.ts';
import type { LegLadder } from './leg-fill.ts';

export interface CycleSide {
  readonly side: 'buy' | 'sell';
  readonly market: Market;
  readonly book: Book;
  /** Held on the exchange of what this leg gives, decimal string; absent or null: no limit. */
  readonly balance?: string | null;
  /** The way on which what this leg gives arrives from the leg before; absent or null: it is there. */
  readonly incoming?: TransferHop | null;
}

/** The levels that a leg takes from, best first. */
export function levelsOf({ side, book }: Pick<CycleSide, 'side' | 'book'>): readonly Level[] {
  return side === 'buy' ? book.asks : book.bids;
}

export function hasValidLevels(side: CycleSide): boolean {
  return levelsOf(side).every(
    ([price, size]) => price > 0 && size > 0 && Number.isFinite(price) && Number.isFinite(size),
  );
}

/** What one order of a leg may be, by the market, by the balance and by the user's limit. */
export function toLegLimits(
  { market, balance }: CycleSide,
  { maxNotionalInQuote }: Pick<DetectionSettings, 'maxNotionalInQuote'>,
): LegLimits {
  const { maxSizeInBase, maxCostInQuote = null } = market;
  const toLimit = (most: string | null | undefined) =>
    most === null || most === undefined ? Number.POSITIVE_INFINITY : Number(most);
  return {
    maxInBase: toLimit(maxSizeInBase),
    maxInQuote: Math.min(maxNotionalInQuote, toLimit(maxCostInQuote)),
    maxInput: toLimit(balance),
  };
}

/** @param outgoing - the way on which what it gets leaves; what that takes of the amount is a part of the rate. */
export function toWalkLevels(
  side: CycleSide,
  outgoing: TransferHop | null = null,
): readonly WalkLevel[] {
  const kept = 1 - (outgoing?.feeBps ?? 0) / 10_000;
  if (kept === 1) return toLevels(side);
  return toLevels(side).map((level) => ({ ...level, rate: level.rate * kept }));
}

function toLevels(side: CycleSide): readonly WalkLevel[] {
  const ratio = toPriceRatio(side.market, side.side);
  const inBaseRatio = toNumber(toLegFee(side.market, side.side).inBaseRatio);
  return levelsOf(side).map(([price, size]) => {
    if (side.side === 'sell') {
      const basePerInput = 1 / (1 + inBaseRatio);
      const rate = price * (1 - ratio);
      return {
        input: size / basePerInput,
        rate,
        basePerInput,
        quotePerInput: price * basePerInput,
      };
    }
    // What is paid: a fee in base units is taken from what is got.
    const paid = inBaseRatio === 0 ? price * (1 + ratio) : price;
    const rate = 1 / (price * (1 + ratio));
    return { input: size * paid, rate, basePerInput: 1 / paid, quotePerInput: 1 };
  });
}

export function toLadder(side: CycleSide): LegLadder {
  const { sizeStep, maxSizeInBase } = side.market;
  const fee = toLegFee(side.market, side.side);
  const { incoming = null } = side;
  return { side: side.side, levels: levelsOf(side), fee, sizeStep, maxSizeInBase, incoming };
}
