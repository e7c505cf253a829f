/** The simple cycles of a graph of conversions, each once, from the alphabetically first asset on. */

import type { Conversions, ExplainedConversion } from './cycle-conversions.ts';

/** Rounds of two legs are pairs. */
const MIN_LEGS = 3;

/** One conversion after the other; the last one leads back to the first asset. */
export type ConversionCycle = readonly ExplainedConversion[];

/** All of 3 to `maxLegs` legs. */
export function* listCycles(conversions: Conversions, maxLegs: number): Generator<ConversionCycle> {
  for (const start of [...conversions.keys()].sort()) {
    yield* extend(conversions, start, [], new Set(), maxLegs, (asset) => asset > start);
  }
}

/** Those that pass through a market of `base` and `quote`, in either direction. */
export function* listCyclesThrough(
  conversions: Conversions,
  base: string,
  quote: string,
  maxLegs: number,
): Generator<ConversionCycle> {
  for (const [from, to] of [
    [base, quote],
    [quote, base],
  ]) {
    const first = conversions.get(from ?? '')?.find((each) => each.to === to);
    if (first === undefined) continue;
    const found = extend(
      conversions,
      first.from,
      [first],
      new Set([first.to]),
      maxLegs,
      () => true,
    );
    for (const cycle of found) yield toCanonical(cycle);
  }
}

/** The cycle of a route, such as `ADA`, `BTC`, `USDT`; null when a conversion is not offered at all. */
export function findCycle(
  conversions: Conversions,
  assets: readonly string[],
): ConversionCycle | null {
  const cycle = assets.flatMap((from, leg) => {
    const to = assets[(leg + 1) % assets.length];
    return conversions.get(from)?.find((each) => each.to === to) ?? [];
  });
  const isWhole = cycle.length === assets.length && new Set(assets).size === assets.length;
  return isWhole && assets.length >= MIN_LEGS ? toCanonical(cycle) : null;
}

function* extend(
  conversions: Conversions,
  start: string,
  path: readonly ExplainedConversion[],
  seen: Set<string>,
  maxLegs: number,
  isAllowed: (asset: string) => boolean,
): Generator<ConversionCycle> {
  for (const next of conversions.get(path.at(-1)?.to ?? start) ?? []) {
    if (next.to === start) {
      if (path.length + 1 >= MIN_LEGS) yield [...path, next];
      continue;
    }
    if (path.length + 2 > maxLegs || seen.has(next.to) || !isAllowed(next.to)) continue;
    seen.add(next.to);
    yield* extend(conversions, start, [...path, next], seen, maxLegs, isAllowed);
    seen.delete(next.to);
  }
}

function toCanonical(cycle: ConversionCycle): ConversionCycle {
  const assets = cycle.map(({ from }) => from);
  const first = assets.indexOf([...assets].sort()[0] ?? '');
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}
