/** Checks a graph, and lists what leaves each asset. */

import { SpreadscopeError } from '../../domain/errors.ts';
import type { CycleGraph } from './cycle-kernel.ts';

/** Bounds of a graph. Conversions are 16-bit numbers in the routes. */
export const CYCLE_LIMITS = { assetsCount: 4096, exchangesCount: 256, pairsCount: 32_767 } as const;

/** Rows of `hits`. */
export const CYCLE_HITS_CAPACITY = 4096;

/** Rows of the rate batch. */
export const RATE_BATCH_CAPACITY = 4096;

/** Rates outside 1 ÷ this to this are invalid: a product of five rates then never leaves the range of numbers. */
export const RATE_LIMIT = 1e60;

/** A conversion that leaves an asset. */
export interface OutConversion {
  readonly conversion: number;
  readonly to: number;
}

/**
 * A frozen copy of a graph that fits the kernel.
 *
 * @throws {SpreadscopeError} `kernel_capacity` when a count is beyond `CYCLE_LIMITS`.
 * @throws {RangeError} when a pair is not of two different assets, or is there twice.
 */
export function checkGraph(graph: CycleGraph): CycleGraph {
  checkCapacity('assetsCount', graph.assetsCount, 1, CYCLE_LIMITS.assetsCount);
  checkCapacity('exchangesCount', graph.exchangesCount, 1, CYCLE_LIMITS.exchangesCount);
  checkCapacity('pairs.length', graph.pairs.length, 0, CYCLE_LIMITS.pairsCount);
  const seen = new Set<number>();
  for (const [index, { from, to }] of graph.pairs.entries()) {
    checkAsset(`pairs[${index}].from`, from, graph.assetsCount);
    checkAsset(`pairs[${index}].to`, to, graph.assetsCount);
    const key = Math.min(from, to) * graph.assetsCount + Math.max(from, to);
    if (from === to || seen.has(key)) {
      throw new RangeError(
        `pairs[${index}]: expected two assets that no earlier pair has, got ${from} and ${to}`,
      );
    }
    seen.add(key);
  }
  const pairs = graph.pairs.map(({ from, to }) => Object.freeze({ from, to }));
  return Object.freeze({
    assetsCount: graph.assetsCount,
    exchangesCount: graph.exchangesCount,
    pairs: Object.freeze(pairs),
  });
}

/** Conversions by the asset they leave, in rising order. */
export function listOutConversions(graph: CycleGraph): readonly (readonly OutConversion[])[] {
  const out = Array.from({ length: graph.assetsCount }, (): OutConversion[] => []);
  for (const [pair, { from, to }] of graph.pairs.entries()) {
    out[from]?.push({ conversion: pair * 2, to });
    out[to]?.push({ conversion: pair * 2 + 1, to: from });
  }
  return out;
}

/** The asset that a conversion turns from. */
export function fromAsset(graph: CycleGraph, conversion: number): number {
  const pair = graph.pairs[conversion >> 1];
  return (conversion % 2 === 0 ? pair?.from : pair?.to) ?? -1;
}

/** The same cycle from the asset with the lowest index on. */
export function toCanonical(graph: CycleGraph, conversions: readonly number[]): readonly number[] {
  let start = 0;
  const assetAt = (leg: number) => fromAsset(graph, conversions[leg] ?? -1);
  for (let leg = 1; leg < conversions.length; leg += 1) {
    if (assetAt(leg) < assetAt(start)) start = leg;
  }
  return [...conversions.slice(start), ...conversions.slice(0, start)];
}

function checkCapacity(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new SpreadscopeError(
    'kernel_capacity',
    `cycle graph.${name}: expected a whole number from ${min} to ${max}, got ${value}`,
  );
}

function checkAsset(name: string, value: number, assetsCount: number): void {
  if (Number.isInteger(value) && value >= 0 && value < assetsCount) return;
  throw new RangeError(`${name}: expected an asset index below ${assetsCount}, got ${value}`);
}
