/**
 * Cost and proceeds over the size, from one walk along two net ladders. Both are piecewise linear; the profit between
 * them is concave, because asks rise and bids fall. Every question about a size is answered from the points.
 */

import {
  add,
  bpsToRatio,
  compare,
  type Decimal,
  divide,
  minimum,
  multiply,
  subtract,
  toDecimal,
  ZERO,
} from '../../domain/money.ts';
import { createLadderCursor } from './ladder-cursor.ts';
import type { NetLevel } from './net-ladder.ts';

export interface CurvePoint {
  /** Base units that change exchanges. */
  readonly sizeInBase: Decimal;
  /** Paid, after fees. */
  readonly costInQuote: Decimal;
  /** Received, after fees. */
  readonly proceedsInQuote: Decimal;
}

/** Points at every end of a level, from size zero to the depth of the shallower side; straight lines between them. */
export type SizeCurve = readonly CurvePoint[];

/** Places of what falls between two points. */
const CURVE_SCALE = 18;
const ONE = toDecimal(1);
const START: CurvePoint = { sizeInBase: ZERO, costInQuote: ZERO, proceedsInQuote: ZERO };

/** @param asks - lowest net price first. @param bids - highest net price first. Both from `toNetLadder`. */
export function toSizeCurve(asks: readonly NetLevel[], bids: readonly NetLevel[]): SizeCurve {
  const curve = [START];
  let last = START;
  const ask = createLadderCursor(asks);
  const bid = createLadderCursor(bids);
  while (ask.level() !== null && bid.level() !== null) {
    const size = minimum(ask.left(), bid.left());
    last = {
      sizeInBase: add(last.sizeInBase, size),
      costInQuote: add(last.costInQuote, ask.take(size)),
      proceedsInQuote: add(last.proceedsInQuote, bid.take(size)),
    };
    curve.push(last);
  }
  return curve;
}

export function profitOf({ proceedsInQuote, costInQuote }: CurvePoint): Decimal {
  return subtract(proceedsInQuote, costInQuote);
}

/** The point of greatest profit; of equal ones the least size. */
export function mostProfitable(curve: SizeCurve): CurvePoint {
  return curve.reduce((best, point) =>
    compare(profitOf(point), profitOf(best)) > 0 ? point : best,
  );
}

/** The largest size whose profit is at least `minEdgeBps` of its cost on average; size zero when there is none. */
export function largestWithEdge(curve: SizeCurve, minEdgeBps: number): CurvePoint {
  const factor = add(ONE, bpsToRatio(minEdgeBps));
  return lastWhere(curve, ({ proceedsInQuote, costInQuote }) =>
    subtract(proceedsInQuote, multiply(costInQuote, factor)),
  );
}

/** What `notionalInQuote`, spent as a whole, gives; null when the depth costs less. */
export function atNotional(curve: SizeCurve, notionalInQuote: Decimal): CurvePoint | null {
  return atFirst(curve, ({ costInQuote }) => subtract(costInQuote, notionalInQuote));
}

/** Cost and proceeds of one size; null when the depth is less. */
export function atSize(curve: SizeCurve, sizeInBase: Decimal): CurvePoint | null {
  return atFirst(curve, (point) => subtract(point.sizeInBase, sizeInBase));
}

/** The least size that earns `profitInQuote` (rounded down at 18 places); null when no size does. */
export function leastWithProfit(curve: SizeCurve, profitInQuote: Decimal): CurvePoint | null {
  return atFirst(curve, (point) => subtract(profitOf(point), profitInQuote));
}

type Measure = (point: CurvePoint) => Decimal;

/** The first place where a piecewise linear measure is at least zero. */
function atFirst(curve: SizeCurve, measure: Measure): CurvePoint | null {
  const index = curve.findIndex((point) => compare(measure(point), ZERO) >= 0);
  const [before, after] = [curve[index - 1], curve[index]];
  if (after === undefined) return null;
  return before === undefined ? after : zeroBetween(before, after, measure);
}

/** The last place where a concave measure that is zero at size zero is at least zero. */
function lastWhere(curve: SizeCurve, measure: Measure): CurvePoint {
  const index = curve.findLastIndex((point) => compare(measure(point), ZERO) >= 0);
  const [before, after] = [curve[index], curve[index + 1]];
  if (before === undefined) return START;
  return after === undefined ? before : zeroBetween(before, after, measure);
}

function zeroBetween(before: CurvePoint, after: CurvePoint, measure: Measure): CurvePoint {
  const [from, to] = [measure(before), measure(after)];
  if (compare(to, ZERO) === 0) return after;
  if (compare(from, ZERO) === 0) return before;
  const share = (a: Decimal, b: Decimal) =>
    add(a, divide(multiply(subtract(b, a), from), subtract(from, to), CURVE_SCALE));
  return {
    sizeInBase: share(before.sizeInBase, after.sizeInBase),
    costInQuote: share(before.costInQuote, after.costInQuote),
    proceedsInQuote: share(before.proceedsInQuote, after.proceedsInQuote),
  };
}
