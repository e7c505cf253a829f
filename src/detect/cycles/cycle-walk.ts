/**
 * How much can go round a cycle: all legs are walked together, level by level. The leg that has least left is exhausted
 * and what passed through is taken from the others too, so no level is used twice.
 *
 * Each leg's output is a concave, piecewise linear function of its input, and so is their composition: where the next
 * unit earns no more than the threshold, the greatest profit has been found.
 */

import { at } from '../../kernel/at.ts';

/** A level of a leg, in the leg's own direction. */
export interface WalkLevel {
  /** Most units of the asset given that it takes, fee included. */
  readonly input: number;
  /** Units got for one unit given, fee taken out. */
  readonly rate: number;
  /** Quote units and base units that are traded for one unit given. */
  readonly quotePerInput: number;
  readonly basePerInput: number;
}

export interface CycleWalkLimits {
  /** The last unit's rates multiply to more than this. */
  readonly minProduct: number;
  /** Most of the start asset; Infinity: no limit. */
  readonly maxStart: number;
  /** Units of what each leg gives that are lost on the way to it whatever the amount; absent: none. */
  readonly fixedFees?: readonly number[];
  /** Most quote units, base units and units given of each leg; absent: no limit. */
  readonly legs?: readonly LegLimits[];
}

export interface LegLimits {
  readonly maxInQuote: number;
  readonly maxInBase: number;
  /** Absent: no limit. */
  readonly maxInput?: number;
}

/** A part of the amount that goes round at the same levels. */
export interface WalkStep {
  /** Units of the start asset. */
  readonly start: number;
  /** What one of them comes back as. */
  readonly product: number;
}

export interface CycleWalk {
  /** Units of the start asset that go round; 0 when not even the first one earns more than the threshold. */
  readonly startAmount: number;
  /** Units of the start asset that its first unit comes back as; 0 when nothing goes round. */
  readonly firstProduct: number;
  /** Levels touched, by leg. */
  readonly levelsCounts: readonly number[];
  /** The leg whose touched levels are all used up; −1 when a limit ended the walk. */
  readonly exhaustedLeg: number;
  /** The walk, step by step; the products fall. */
  readonly steps: readonly WalkStep[];
  /** Units of the start asset, of `startAmount`, that pay what is lost whatever the amount. */
  readonly feeStart: number;
}

/** What is left of a level is nothing when it is this small a part: f64 rounding, not depth. */
const NOTHING_LEFT_RATIO = 1e-12;

/** @param legs - levels of each leg, best first. */
export function walkCycle(
  legs: readonly (readonly WalkLevel[])[],
  limits: CycleWalkLimits,
): CycleWalk {
  const places = new Uint32Array(legs.length);
  const left = Float64Array.from(legs, (levels) => levels[0]?.input ?? 0);
  const quoteLeft = Float64Array.from(legs, (_, leg) => limits.legs?.[leg]?.maxInQuote ?? Infinity);
  const baseLeft = Float64Array.from(legs, (_, leg) => limits.legs?.[leg]?.maxInBase ?? Infinity);
  const inputLeft = Float64Array.from(legs, (_, leg) => limits.legs?.[leg]?.maxInput ?? Infinity);
  const levelsCounts = new Uint32Array(legs.length);
  const steps: WalkStep[] = [];
  const cursor = { legs, places, left, levelsCounts, quoteLeft, baseLeft, inputLeft };
  const feeStart = takeFees(cursor, limits.fixedFees ?? []);
  if (feeStart === null) return { ...NOTHING, levelsCounts: legs.map(() => 0) };
  let startAmount = 0;
  let firstProduct = 0;
  let exhaustedLeg = -1;
  for (;;) {
    const levels = legs.map((leg, index) => leg[at(places, index)]);
    if (!levels.every((level) => level !== undefined)) break;
    const step = nextStep(
      levels,
      { left, quoteLeft, baseLeft, inputLeft },
      limits.maxStart - feeStart - startAmount,
    );
    if (!(step.product > limits.minProduct)) break;
    if (startAmount === 0) firstProduct = step.product;
    startAmount += step.start;
    steps.push({ start: step.start, product: step.product });
    exhaustedLeg = step.exhaustedLeg;
    let passing = step.start;
    for (const [index, level] of levels.entries()) {
      levelsCounts[index] = at(places, index) + 1;
      left[index] = index === exhaustedLeg ? 0 : at(left, index) - passing;
      quoteLeft[index] = at(quoteLeft, index) - passing * level.quotePerInput;
      baseLeft[index] = at(baseLeft, index) - passing * level.basePerInput;
      inputLeft[index] = at(inputLeft, index) - passing;
      if (at(left, index) <= level.input * NOTHING_LEFT_RATIO) {
        places[index] = at(places, index) + 1;
        left[index] = legs[index]?.[at(places, index)]?.input ?? 0;
      }
      passing *= level.rate;
    }
    if (exhaustedLeg < 0) break;
  }
  return {
    startAmount: startAmount > 0 ? startAmount + feeStart : 0,
    firstProduct,
    levelsCounts: [...levelsCounts],
    exhaustedLeg,
    steps,
    feeStart,
  };
}

const NOTHING = { startAmount: 0, firstProduct: 0, exhaustedLeg: -1, steps: [], feeStart: 0 };

/** Where the walk of each leg stands, and what its limits leave. */
interface Cursor extends Left {
  readonly legs: readonly (readonly WalkLevel[])[];
  readonly places: Uint32Array;
  readonly levelsCounts: Uint32Array;
}

/**
 * What is lost whatever the amount passes first: its units are taken from the best levels of all legs before the loss.
 * Units of the start asset that pay for it; null when a leg does not hold so much.
 */
function takeFees(cursor: Cursor, fixedFees: readonly number[]): number | null {
  let total = 0;
  for (const [leg, fee] of fixedFees.entries()) {
    let amount: number | null = leg === 0 ? 0 : fee;
    for (let before = leg - 1; before >= 0 && amount !== null && amount > 0; before -= 1) {
      amount = takeForOutput(cursor, before, amount);
    }
    if (amount === null) return null;
    total += amount;
  }
  return total;
}

/** Units given by a leg for `output` units got; null when its levels hold less. */
function takeForOutput(cursor: Cursor, leg: number, output: number): number | null {
  const { legs, places, left, levelsCounts, quoteLeft, baseLeft, inputLeft } = cursor;
  let missing = output;
  let given = 0;
  for (;;) {
    const level = legs[leg]?.[at(places, leg)];
    if (level === undefined || !(level.rate > 0)) return null;
    const taken = Math.min(at(left, leg), missing / level.rate);
    const isAll = taken === at(left, leg);
    levelsCounts[leg] = at(places, leg) + 1;
    quoteLeft[leg] = at(quoteLeft, leg) - taken * level.quotePerInput;
    baseLeft[leg] = at(baseLeft, leg) - taken * level.basePerInput;
    inputLeft[leg] = at(inputLeft, leg) - taken;
    left[leg] = at(left, leg) - taken;
    given += taken;
    missing -= taken * level.rate;
    if (!isAll) return given;
    places[leg] = at(places, leg) + 1;
    left[leg] = legs[leg]?.[at(places, leg)]?.input ?? 0;
  }
}

interface Step {
  readonly start: number;
  readonly product: number;
  readonly exhaustedLeg: number;
}

/** What each leg can still take: of its present level in units given, of its limits in quote, base and given units. */
interface Left {
  readonly left: Float64Array;
  readonly quoteLeft: Float64Array;
  readonly baseLeft: Float64Array;
  readonly inputLeft: Float64Array;
}

/** The most that passes all legs at their present levels, in units of the start asset. */
function nextStep(
  levels: readonly WalkLevel[],
  { left, quoteLeft, baseLeft, inputLeft }: Left,
  maxStart: number,
): Step {
  let product = 1;
  let start = Number.POSITIVE_INFINITY;
  let exhaustedLeg = -1;
  let cap = maxStart;
  for (const [index, level] of levels.entries()) {
    const most = at(left, index) / product;
    if (most < start) {
      start = most;
      exhaustedLeg = index;
    }
    cap = Math.min(
      cap,
      at(quoteLeft, index) / (product * level.quotePerInput),
      at(baseLeft, index) / (product * level.basePerInput),
      at(inputLeft, index) / product,
    );
    product *= level.rate;
  }
  return cap < start ? { start: cap, product, exhaustedLeg: -1 } : { start, product, exhaustedLeg };
}
