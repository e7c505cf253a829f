/**
 * Exact conversions along one leg. Amounts that pass from leg to leg have at most 18 decimal places, rounded towards
 * zero, so that no leg gets more than the one before it gave and no level is asked for more than it holds.
 */

import type { Level } from '../../domain/book.ts';
import {
  add,
  ceilToStep,
  compare,
  type Decimal,
  divide,
  divideUp,
  floorToStep,
  minimum,
  multiply,
  subtract,
  toDecimal,
  ZERO,
} from '../../domain/money.ts';
import type { TransferHop } from '../../domain/transfer.ts';
import type { LegFee } from '../costs/leg-fee.ts';
import { depthOf, type Fill, fillLadder } from '../ladder.ts';
import { arrivedOf, brokenBoundOf, withdrawnFor } from '../transfer/hops.ts';

/** Decimal places of amounts that pass from leg to leg: as many as the finest assets in use have. */
const AMOUNT_SCALE = 18;
const ONE = toDecimal(1);

/** One leg, ready to be filled. */
export interface LegLadder {
  readonly side: 'buy' | 'sell';
  /** Asks of a buy, bids of a sell; best first. */
  readonly levels: readonly Level[];
  readonly fee: LegFee;
  /** Most base units of one order; null: any. */
  readonly maxSizeInBase: string | null;
  /** Smallest increment of the size in base units; null: any. */
  readonly sizeStep: string | null;
  /** The way on which what it gives arrives; null: it is there. */
  readonly incoming: TransferHop | null;
}

export interface LegFill extends Fill {
  /** One that is taken in base units is valued at the leg's average price. */
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

/** As `toAmount`, rounded up; of a value of at least zero. */
export function toAmountUp(value: Decimal): Decimal {
  return value.scale <= AMOUNT_SCALE ? value : divideUp(value, ONE, AMOUNT_SCALE);
}

/** Units of the asset given that use up the first `levelsCount` levels, exact. */
export function capacityOf(leg: LegLadder, levelsCount: number): Decimal {
  return leg.levels
    .slice(0, levelsCount)
    .reduce((sum, level) => add(sum, inputOf(leg, level)), ZERO);
}

/** Units of the asset given for `size` base units of the leg's levels, at most all they hold; exact. */
export function inputForBase(leg: LegLadder, size: Decimal): Decimal {
  const most = depthOf(leg.levels, leg.levels.length);
  const fill = fillSize(leg, minimum(size, most));
  return fill?.input ?? ZERO;
}

/** Units to give for `output` units, at most all that the levels take; 18 places, rounded towards zero. */
export function inputFor(leg: LegLadder, output: Decimal): Decimal {
  let left = output;
  let input = ZERO;
  for (const level of leg.levels) {
    const most = outputOf(leg, level);
    const isWhole = compare(left, most) >= 0;
    const whole = inputOf(leg, level);
    input = add(input, isWhole ? whole : divide(multiply(whole, left), most, AMOUNT_SCALE));
    if (!isWhole) break;
    left = subtract(left, most);
  }
  return toAmount(input);
}

/** What arrives at a leg of what the one before got, 18 places; null when the way does not take so much or so little. */
export function arrivedAt({ incoming }: LegLadder, sent: Decimal): Decimal | null {
  if (incoming === null) return sent;
  if (brokenBoundOf(incoming, sent) !== null) return null;
  const arrived = arrivedOf(incoming, sent);
  return compare(arrived, ZERO) > 0 ? toAmount(arrived) : null;
}

/** The least that the leg before has to get for `needed` units to arrive, 18 places. */
export function sentFor({ incoming }: LegLadder, needed: Decimal): Decimal {
  const sent = incoming === null ? needed : withdrawnFor(incoming, needed, AMOUNT_SCALE);
  return toAmountUp(sent);
}

/** Gives at most `offered` units; null when that is less than one step of the size. */
export function fillLeg(leg: LegLadder, offered: Decimal): LegFill | null {
  return fillSize(leg, roundSize(leg, baseFor(leg, offered)));
}

/** Trades exactly `size` base units; null when the levels hold less, and of nothing. */
export function fillSize(leg: LegLadder, size: Decimal): LegFill | null {
  if (compare(size, ZERO) <= 0) return null;
  const fill = fillLadder(leg.levels, size);
  if (fill === null) return null;
  const { inBaseRatio, inQuoteRatio } = leg.fee;
  const feeInQuote = multiply(fill.amountInQuote, add(inBaseRatio, inQuoteRatio));
  const quoteFee = multiply(fill.amountInQuote, inQuoteRatio);
  const baseFee = multiply(size, inBaseRatio);
  return leg.side === 'sell'
    ? {
        ...fill,
        feeInQuote,
        input: add(size, baseFee),
        output: toAmount(subtract(fill.amountInQuote, quoteFee)),
      }
    : {
        ...fill,
        feeInQuote,
        input: add(fill.amountInQuote, quoteFee),
        output: toAmount(subtract(size, baseFee)),
      };
}

/** The least base units, in lots, of which at least `output` units are got; null when the levels hold less. */
export function baseForOutput(leg: LegLadder, output: Decimal): Decimal | null {
  let left = output;
  let base = ZERO;
  for (const level of leg.levels) {
    const most = outputOf(leg, level);
    const size = toDecimal(level[1]);
    if (compare(left, most) > 0) {
      left = subtract(left, most);
      base = add(base, size);
      continue;
    }
    const needed = add(base, divideUp(multiply(size, left), most, AMOUNT_SCALE));
    return leg.sizeStep === null ? needed : ceilToStep(needed, toDecimal(leg.sizeStep));
  }
  return null;
}

/** Base units that are traded for `offered` units given, at most all levels; 18 places, rounded towards zero. */
function baseFor(leg: LegLadder, offered: Decimal): Decimal {
  let left = offered;
  let base = ZERO;
  for (const level of leg.levels) {
    const input = inputOf(leg, level);
    const size = toDecimal(level[1]);
    if (compare(left, input) < 0) {
      return add(base, divide(multiply(size, left), input, AMOUNT_SCALE));
    }
    left = subtract(left, input);
    base = add(base, size);
  }
  return base;
}

/** Rounded down to a lot, and at most what one order may be. */
function roundSize({ sizeStep, maxSizeInBase }: LegLadder, size: Decimal): Decimal {
  const most = maxSizeInBase === null ? size : minimum(size, toDecimal(maxSizeInBase));
  return sizeStep === null ? most : floorToStep(most, toDecimal(sizeStep));
}

/** Units given for a whole level, fee included. */
function inputOf({ side, fee }: LegLadder, [price, size]: Level): Decimal {
  return side === 'sell'
    ? multiply(toDecimal(size), add(ONE, fee.inBaseRatio))
    : multiply(multiply(toDecimal(price), toDecimal(size)), add(ONE, fee.inQuoteRatio));
}

/** Units got for a whole level, fee taken out. */
function outputOf({ side, fee }: LegLadder, [price, size]: Level): Decimal {
  return side === 'sell'
    ? multiply(multiply(toDecimal(price), toDecimal(size)), subtract(ONE, fee.inQuoteRatio))
    : multiply(toDecimal(size), subtract(ONE, fee.inBaseRatio));
}
