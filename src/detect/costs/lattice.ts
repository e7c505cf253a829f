/** Sizes that can be ordered: multiples of the lot steps. */

import type { Market } from '../../domain/market.ts';
import {
  add,
  ceilToStep,
  compare,
  type Decimal,
  floorToStep,
  leastCommonMultiple,
  toDecimal,
  ZERO,
} from '../../domain/money.ts';

type Steps = Pick<Market, 'sizeStep'>;

/** The step of one market; null when every size can be ordered. */
export function stepOf({ sizeStep }: Steps): Decimal | null {
  return sizeStep === null ? null : toDecimal(sizeStep);
}

/** The step that is a multiple of both markets' steps: rounding to one and then the other may leave both lattices. */
export function commonStepOf(a: Steps, b: Steps): Decimal | null {
  const [first, second] = [stepOf(a), stepOf(b)];
  if (first === null || second === null) return first ?? second;
  return leastCommonMultiple(first, second);
}

/**
 * Where the greatest profit on the lattice can be: a profit that is concave in the size has it beside its optimum, one
 * step down or one step up, or at the least size that both markets accept when that is greater.
 *
 * @param optimum - of greatest profit without a lattice.
 * @param least - the least size accepted.
 * @param step - null when every size can be ordered.
 */
export function sizesAround(optimum: Decimal, least: Decimal, step: Decimal | null): Decimal[] {
  if (step === null) return [compare(optimum, least) >= 0 ? optimum : least];
  const leastLot = ceilToStep(least, step);
  if (compare(leastLot, optimum) >= 0) return [leastLot];
  const below = floorToStep(optimum, step);
  const sizes = compare(below, optimum) === 0 ? [below] : [below, add(below, step)];
  return sizes.filter((size) => compare(size, ZERO) > 0);
}
