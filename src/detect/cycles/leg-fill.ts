/**
 * Exact conversions along one leg. Amounts that pass from leg to leg have at most 18 decimal places, rounded towards
 * zero, so that no leg gets more than the one before it gave and no level is asked for more than it holds.
 */

import type { Level } from '../../domain/book.ts';
import {
  add,
  bpsToRatio,
  compare,
  type Decimal,
  divide,
  floorToStep,
  minimum,
  multiply,
  subtract,
  toDecimal,
  ZERO,
} from '../../domain/money.ts';
import { type Fill, fillLadder } from '../ladder.ts';

/** Decimal places of amounts that pass from leg to leg: as many as the finest assets in use have. */
const AMOUNT_SCALE = 18;
const ONE = toDecimal(1);

/** One leg, ready to be filled. */
export interface LegLadder {
  readonly side: 'buy' | 'sell';
  /** Asks of a buy, bids of a sell; best first. */
  readonly levels: readonly Level[];
  readonly takerBps: number;
  /** Smallest increment of the size in base units; null: any. */
  readonly sizeStep: string | null;
}

export interface LegFill extends Fill {
  readonly feeInQuote: Decimal;
  /** Units of the asset given that were used; the rest of what was offered stays. */
  readonly input: Decimal;
  /** Units got. */
  readonly output: Decimal;
}

/** At most 18 places, rounded towards zero. */
export function toAmount(value: Decimal): Decimal {
  return divide(value, ONE, AMOUNT_SCALE);
}

/** Units of the asset given that use up all levels, exact. */
export function capacityOf({ side, levels, takerBps }: LegLadder): Decimal {
  return levels.reduce(
    (sum, level) => add(sum, side === 'sell' ? toDecimal(level[1]) : costOf(level, takerBps)),
    ZERO,
  );
}

/** Units to give for `output` units, at most all that the levels take; 18 places, rounded towards zero. */
export function inputFor({ side, levels, takerBps }: LegLadder, output: Decimal): Decimal {
  let left = output;
  let input = ZERO;
  for (const level of levels) {
    const [price, size] = [toDecimal(level[0]), toDecimal(level[1])];
    const most = side === 'sell' ? proceedsOf(level, takerBps) : size;
    const isWhole = compare(left, most) >= 0;
    const whole = side === 'sell' ? size : costOf(level, takerBps);
    const part =
      side === 'sell'
        ? divide(left, multiply(price, keptRatio(takerBps)), AMOUNT_SCALE)
        : multiply(left, multiply(price, chargedRatio(takerBps)));
    input = add(input, isWhole ? whole : part);
    if (isWhole) left = subtract(left, most);
    else break;
  }
  return toAmount(input);
}

/** Gives at most `offered` units; null when that is less than one step of the size. */
export function fillLeg(leg: LegLadder, offered: Decimal): LegFill | null {
  const most = leg.side === 'sell' ? minimum(offered, capacityOf(leg)) : baseFor(leg, offered);
  const size = leg.sizeStep === null ? most : floorToStep(most, toDecimal(leg.sizeStep));
  if (compare(size, ZERO) <= 0) return null;
  const fill = fillLadder(leg.levels, size);
  if (fill === null) throw new Error('BUG: a leg was offered more than its levels hold');
  const feeInQuote = multiply(fill.amountInQuote, bpsToRatio(leg.takerBps));
  return leg.side === 'sell'
    ? {
        ...fill,
        feeInQuote,
        input: size,
        output: toAmount(subtract(fill.amountInQuote, feeInQuote)),
      }
    : { ...fill, feeInQuote, input: add(fill.amountInQuote, feeInQuote), output: size };
}

/** Base units that `offered` quote units buy, fee included; 18 places, rounded towards zero. */
function baseFor({ levels, takerBps }: LegLadder, offered: Decimal): Decimal {
  let left = offered;
  let base = ZERO;
  for (const level of levels) {
    const cost = costOf(level, takerBps);
    if (compare(left, cost) < 0) {
      const price = multiply(toDecimal(level[0]), chargedRatio(takerBps));
      return add(base, divide(left, price, AMOUNT_SCALE));
    }
    left = subtract(left, cost);
    base = add(base, toDecimal(level[1]));
  }
  return base;
}

function costOf([price, size]: Level, takerBps: number): Decimal {
  return multiply(multiply(toDecimal(price), toDecimal(size)), chargedRatio(takerBps));
}

function proceedsOf([price, size]: Level, takerBps: number): Decimal {
  return multiply(multiply(toDecimal(price), toDecimal(size)), keptRatio(takerBps));
}

function chargedRatio(takerBps: number): Decimal {
  return add(ONE, bpsToRatio(takerBps));
}

function keptRatio(takerBps: number): Decimal {
  return subtract(ONE, bpsToRatio(takerBps));
}
