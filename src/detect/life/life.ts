/** How an opportunity lives: was it still there after so long, and how much edge over how much time. */

import { compare, toDecimal } from '../../domain/money.ts';
import type {
  CloseReason,
  Opportunity,
  OpportunityLife,
  OpportunitySurvival,
} from '../../domain/opportunity.ts';

/** When it is asked whether an opportunity is still there, milliseconds after its opening. */
export const LIFE_HORIZONS_MS: readonly number[] = [50, 100, 250, 500, 1_000];

/** One that is not there at its full size so soon is a ghost: nobody could have taken it, milliseconds. */
export const GHOST_HORIZON_MS = 50;

/** Endings that do not say whether the opportunity was still there: the data ended, not the edge. */
const BLIND_ENDINGS: ReadonlySet<CloseReason> = new Set<CloseReason>([
  'quote_stale',
  'quote_from_future',
  'legs_skewed',
  'exchange_down',
  'feed_ended',
  'handed_over',
  'shutdown',
]);

export const NEW_LIFE: OpportunityLife = {
  edgeBpsSeconds: 0,
  survival: LIFE_HORIZONS_MS.map((afterMs) => ({ afterMs, isThere: null })),
};

/**
 * The life up to a change at `atMs`: what was known before (`opportunity.last`) held until then, that moment not
 * included.
 */
export function advanceLife(
  life: OpportunityLife,
  opportunity: Opportunity,
  atMs: number,
): OpportunityLife {
  const heldS = Math.max(0, atMs - opportunity.last.atMs) / 1_000;
  const isThere = isAtFullSize(opportunity);
  const isPast = (afterMs: number) => opportunity.openedAtMs + afterMs < atMs;
  return {
    edgeBpsSeconds: life.edgeBpsSeconds + opportunity.last.edgeBps * heldS,
    survival: settle(life.survival, isPast, isThere),
  };
}

/** The life as it ended at `atMs`: from then on it was not there, or nobody knows. */
export function endLife(
  life: OpportunityLife,
  opportunity: Opportunity,
  atMs: number,
  closeReason: CloseReason,
): OpportunityLife {
  const advanced = advanceLife(life, opportunity, atMs);
  if (BLIND_ENDINGS.has(closeReason)) return advanced;
  return { ...advanced, survival: settle(advanced.survival, () => true, false) };
}

/** True, false, or null when it is not known. */
export function isGhost({ survival }: OpportunityLife): boolean | null {
  const isThere = survival.find(({ afterMs }) => afterMs === GHOST_HORIZON_MS)?.isThere ?? null;
  return isThere === null ? null : !isThere;
}

function settle(
  survival: readonly OpportunitySurvival[],
  isPast: (afterMs: number) => boolean,
  isThere: boolean,
): readonly OpportunitySurvival[] {
  return survival.map((each) =>
    each.isThere === null && isPast(each.afterMs) ? { ...each, isThere } : each,
  );
}

function isAtFullSize({ first, last }: Opportunity): boolean {
  return compare(toDecimal(last.sizeInBase), toDecimal(first.sizeInBase)) >= 0;
}
