/**
 * From the newest market state to judged cycles: screen those through markets that changed, confirm each at depth. Pure:
 * it reads no clock and fetches nothing.
 */

import type { MarketDataSource } from '../../domain/market.ts';
import type { CycleGraph, CycleKernel } from '../../kernel/cycles/cycle-kernel.ts';
import { depthOfMarket, needsDepth } from '../detector.ts';
import { type Guard, type GuardLimits, judgeMarket, medianPriceOf } from '../guards.ts';
import type { MarketRecord, MarketState } from '../market-state.ts';
import type { RejectionReason } from '../reasons.ts';
import type { DetectionSettings } from '../settings.ts';
import type { AccountView } from '../transfer/transfer-terms.ts';
import type { CycleConfirmation } from './confirm-cycle.ts';
import { rateOf } from './conversion-rates.ts';
import type { Cycle } from './cycle.ts';
import {
  type CycleMarkets,
  type CycleScreen,
  createCycleMarkets,
  type MarketName,
} from './cycle-markets.ts';
import { confirmCycleModes } from './cycle-modes.ts';
import { areAnySkewed } from './cycle-skew.ts';

/** A cycle, judged. */
export interface CycleJudgement {
  readonly cycle: Cycle;
  readonly confirmation: CycleConfirmation;
  /** Legs whose depth is not known or too old to be used; ask for it. */
  readonly wanted: readonly MarketRecord[];
}

export interface CycleDetector {
  /**
   * Takes in what changed and gives the cycles above the opening threshold, at the top of book, through it.
   *
   * @param isFull - gives all cycles above the threshold, after a look at the age of every quote.
   */
  screen(changed: Iterable<MarketName>, isFull: boolean, nowMs: number): CycleScreen;
  /** The same round over the markets that are best now; as it was when a conversion is not offered any more. */
  renew(cycle: Cycle): Cycle;
  /** @param isOpen - true when the cycle's opportunity is open: it then lives down to the closing threshold. */
  judge(cycle: Cycle, isOpen: boolean, nowMs: number): CycleJudgement;
  /** Routes and paths that the kernel looked at since the last call. */
  takeStepsCount(): number;
}

export interface CycleDetectorOptions {
  readonly createKernel: (graph: CycleGraph) => CycleKernel;
  /** 3 to 5. */
  readonly maxLegs: number;
  readonly state: MarketState;
  readonly settings: DetectionSettings;
  /** A recording without books is judged by its quotes; elsewhere depth is fetched. */
  readonly source: MarketDataSource;
  /** Balances and networks; absent: everything counts as held. */
  readonly account?: AccountView;
}

/** Reasons that a lower threshold could lift. */
const SHORT: ReadonlySet<RejectionReason> = new Set<RejectionReason>([
  'edge_below_threshold',
  'edge_short_after_transfer',
]);

export function createCycleDetector(options: CycleDetectorOptions): CycleDetector {
  const { maxLegs, settings } = options;
  const markets = createGuardedCycleMarkets(options);
  return {
    screen: (changed, isFull, nowMs) => {
      const window = { nowMs, maxAgeMs: settings.maxAgeMs, maxFutureMs: settings.maxFutureMs };
      const minEdgeRatio = settings.openEdgeBps / 10_000;
      if (isFull) markets.refreshAll(window);
      else markets.refresh(changed, window);
      const changedCycles = markets.screenChanged(minEdgeRatio, maxLegs);
      return isFull ? markets.screenAll(minEdgeRatio, maxLegs) : changedCycles;
    },
    renew: (cycle) => markets.resolve(cycle.assets) ?? cycle,
    judge: (cycle, isOpen, nowMs) => judgeCycle(cycle, isOpen, nowMs, options),
    takeStepsCount: () => markets.takeStepsCount(),
  };
}

/** The cycle kernel's view of the markets that pass all guards but those of age. */
export function createGuardedCycleMarkets({
  state,
  settings,
  createKernel,
}: Pick<CycleDetectorOptions, 'state' | 'settings' | 'createKernel'>): CycleMarkets {
  const limits = { ...settings, ...ANY_AGE };
  const isUsable = (record: MarketRecord) => guardOf(record, 0, limits, state) === null;
  return createCycleMarkets({ state, createKernel, isUsable });
}

/** Guards first, then the top of book, then depth: the first refusal is the reason. */
export function judgeCycle(
  cycle: Cycle,
  isOpen: boolean,
  nowMs: number,
  {
    state,
    settings,
    source,
    account,
  }: Pick<CycleDetectorOptions, 'state' | 'settings' | 'source' | 'account'>,
): CycleJudgement {
  const refuse = (reason: RejectionReason, wanted: readonly MarketRecord[] = []) => ({
    cycle,
    confirmation: { found: false, reason } as const,
    wanted,
  });
  const records = cycle.legs.map(({ record }) => record);
  for (const record of records) {
    const guard = guardOf(record, nowMs, settings, state);
    if (guard !== null) return refuse(`guard_${guard}`);
  }
  const quotes = records.flatMap(({ quote }) => quote ?? []);
  if (areAnySkewed(quotes, settings.maxSkewMs)) return refuse('legs_skewed');
  const leastBps = isOpen ? settings.closeEdgeBps : settings.openEdgeBps;
  if (!(topProductOf(cycle) > 1 + leastBps / 10_000)) return refuse('edge_below_threshold');
  const wanted = records.filter((record) => needsDepth(record, source, nowMs, settings));
  const sides = cycle.legs.flatMap(({ side, record }) => {
    const book = depthOfMarket(record, source);
    return book === null ? [] : { side, market: record.market, book };
  });
  if (sides.length < cycle.legs.length) return refuse('book_unavailable', wanted);
  const confirmAt = (minEdgeBps: number) =>
    confirmCycleModes(sides, minEdgeBps, settings, nowMs, account);
  const opening = confirmAt(settings.openEdgeBps);
  const isLowered = isOpen && !opening.found && SHORT.has(opening.reason);
  const confirmation = isLowered ? confirmAt(settings.closeEdgeBps) : opening;
  return { cycle, confirmation, wanted };
}

/** Units of the start asset after one round, per unit, at the top of book after fees; 0 when a leg has no quote. */
export function topProductOf({ legs }: Pick<Cycle, 'legs'>): number {
  return legs.reduce((product, leg) => product * rateOf(leg), 1);
}

/** Age is judged by the kernel, and again when a cycle is judged. */
const ANY_AGE = { maxAgeMs: Number.POSITIVE_INFINITY, maxFutureMs: Number.POSITIVE_INFINITY };

function guardOf(
  record: MarketRecord,
  nowMs: number,
  settings: GuardLimits,
  state: MarketState,
): Guard | null {
  const hasBand = settings.priceBandBps < Number.POSITIVE_INFINITY;
  const medianPrice = hasBand
    ? medianPriceOf(state.recordsOf(record.market.symbol), nowMs, settings)
    : null;
  return judgeMarket(record, nowMs, settings, medianPrice);
}
