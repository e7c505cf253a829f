/** The funnel of cycles: every one is an opportunity now, or is lost at exactly one stage for exactly one reason. */

import { parseSymbol } from '../../domain/market.ts';
import { type Conversions, listConversions } from './cycle-conversions.ts';
import { explainCycle } from './explain-cycle.ts';
import { createStageCounter, type FunnelStage } from './funnel.ts';
import { type ConversionCycle, findCycle, listCycles, listCyclesThrough } from './list-cycles.ts';
import type { createNearMisses } from './near-misses.ts';
import type { CycleExplainParts, ExplainParts } from './parts.ts';

export interface CycleFunnel {
  /** Longest cycles looked at, orders. */
  readonly maxLegs: number;
  /** Simple cycles of three and more conversions that markets of the watched symbols make, each direction counted. */
  readonly cyclesCount: number;
  readonly stages: readonly FunnelStage[];
  /** Cycles that are an opportunity now: what survives the last stage. */
  readonly openCount: number;
  /** False when there are more than were looked at. */
  readonly isComplete: boolean;
}

/**
 * @param wanted - a symbol: cycles that trade its two assets; a route: that cycle; null: all.
 * @param maxCyclesCount - cycles looked at before the others are passed over.
 */
export function explainCycles(
  parts: ExplainParts,
  cycles: CycleExplainParts,
  wanted: string | null,
  maxCyclesCount: number,
  nearMisses: ReturnType<typeof createNearMisses>,
): CycleFunnel {
  const counter = createStageCounter();
  const found = wantedCycles(listConversions(parts), wanted, cycles.maxLegs);
  let cyclesCount = 0;
  let isComplete = true;
  for (const conversions of found) {
    if (cyclesCount === maxCyclesCount) {
      isComplete = false;
      break;
    }
    cyclesCount += 1;
    const loss = explainCycle(conversions, parts, cycles);
    counter.add(loss);
    if (loss !== null) nearMisses.addCycle(conversions, loss);
  }
  const { stages, openCount } = counter.read();
  return { maxLegs: cycles.maxLegs, cyclesCount, stages, openCount, isComplete };
}

function wantedCycles(
  conversions: Conversions,
  wanted: string | null,
  maxLegs: number,
): Iterable<ConversionCycle> {
  if (wanted === null) return listCycles(conversions, maxLegs);
  if (wanted.includes('>')) {
    const cycle = findCycle(conversions, wanted.split('>'));
    return cycle === null ? [] : [cycle];
  }
  const { base, quote } = parseSymbol(wanted);
  return listCyclesThrough(conversions, base, quote, maxLegs);
}
