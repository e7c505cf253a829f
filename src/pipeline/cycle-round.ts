/**
 * The part of a detection round that looks for cycles: screened through the markets that changed, judged at depth, lives
 * moved on. A child span `arbitrage.detect_cycles` tells of it when there was a candidate.
 */

import { type Context, context, type Span, type Tracer } from '@opentelemetry/api';
import type { Cycle } from '../detect/cycles/cycle.ts';
import type { CycleDetector, CycleJudgement } from '../detect/cycles/cycle-detector.ts';
import type { CycleScreen } from '../detect/cycles/cycle-markets.ts';
import type { CycleLifecycle } from '../detect/lifecycle.ts';
import { isSpreadscopeError, toErrorMessage } from '../domain/errors.ts';
import type { OpportunityEvent } from '../domain/opportunity.ts';
import type { FeedBatch } from '../feed/feed.ts';
import { ATTR, SPAN } from '../telemetry/names.ts';
import { withSpan } from '../telemetry/spans.ts';
import type { Logger } from '../telemetry/telemetry.ts';
import type { DepthRequests } from './depth-requests.ts';
import { traceIdOf } from './trace-id.ts';

export interface CycleRoundParts {
  readonly detector: CycleDetector;
  readonly lifecycle: CycleLifecycle;
  readonly depth: DepthRequests;
  readonly tracer: Tracer;
  readonly logger: Logger;
  /**
   * Pairs and cycles judged in one round, as far as cycles give way; the others wait for the next one. One market that leaves the others can make
   * hundreds of cycles at once, and what comes behind them must not wait for all. Infinity for a recording.
   */
  readonly maxJudgedCount: number;
}

export interface CycleRoundResult {
  readonly events: readonly OpportunityEvent[];
  readonly candidatesCount: number;
}

/** Of a live feed: about half a millisecond of exact arithmetic. */
export const LIVE_JUDGED_COUNT = 8;

export interface CycleRounds {
  /**
   * Runs inside the round's span, after the market state has taken the batch in.
   *
   * @param pairsCount - pairs that were judged in the round: they take from what may be judged, down to one cycle.
   */
  run(batch: FeedBatch, pairsCount: number): CycleRoundResult;
  /** True when cycles were left for the next round. */
  readonly isBehind: boolean;
}

/** All cycles are screened anew after this time: an age can change an answer without an update, milliseconds. */
const FULL_SCREEN_INTERVAL_MS = 1_000;
/** An open cycle without updates is judged again after this time, milliseconds. */
const REJUDGE_INTERVAL_MS = 250;
/** Rejected and changed cycles noted on the span, each. */
const MAX_NOTED_COUNT = 16;

export function createCycleRounds(parts: CycleRoundParts): CycleRounds {
  return new KernelCycleRounds(parts);
}

interface Judged {
  readonly cycle: Cycle;
  readonly version: number;
  readonly atMs: number;
}

class KernelCycleRounds implements CycleRounds {
  readonly #parts: CycleRoundParts;
  /** Open cycles and those that were refused for something else than their edge, as judged last. */
  readonly #watched = new Map<string, Judged>();
  /** Cycles to be judged, by route, in the order in which they began to wait. */
  readonly #waiting = new Map<string, Cycle>();
  #fullScreenAtMs = Number.NEGATIVE_INFINITY;
  #isOff = false;

  constructor(parts: CycleRoundParts) {
    this.#parts = parts;
  }

  get isBehind(): boolean {
    return this.#waiting.size > 0;
  }

  run(batch: FeedBatch, pairsCount: number): CycleRoundResult {
    const screen = this.#screen(batch);
    const maxCount = Math.max(1, this.#parts.maxJudgedCount - pairsCount);
    const cycles = this.#cyclesToJudge(screen.cycles, maxCount, batch.atMs);
    if (cycles.length === 0) return { events: [], candidatesCount: 0 };
    const { tracer, detector, lifecycle } = this.#parts;
    return withSpan(tracer, SPAN.detectCycles, {}, (span) => {
      const parent = context.active();
      const judgements = cycles.flatMap((cycle) => this.#judge(cycle, batch.atMs, parent) ?? []);
      const events = judgements.flatMap(
        (judgement) => lifecycle.observe(judgement, batch.atMs, traceIdOf(span)) ?? [],
      );
      this.#forget(judgements);
      span.setAttributes({
        [ATTR.candidatesCount]: cycles.length,
        [ATTR.candidatesComplete]: screen.isComplete,
        [ATTR.routesCount]: detector.takeStepsCount(),
        [ATTR.opportunitiesFound]: lifecycle.open().length,
      });
      if (span.isRecording()) note(span, judgements, events);
      return { events, candidatesCount: cycles.length };
    });
  }

  /** Too many markets for the cycle kernel: says so once, and pairs go on. */
  #screen({ quotes, books, atMs }: FeedBatch): CycleScreen {
    const nothing: CycleScreen = { cycles: [], isComplete: true };
    if (this.#isOff) return nothing;
    const isFull = atMs - this.#fullScreenAtMs >= FULL_SCREEN_INTERVAL_MS;
    if (isFull) this.#beginFull(atMs);
    try {
      return this.#parts.detector.screen([...quotes, ...books], isFull, atMs);
    } catch (error) {
      if (!isSpreadscopeError(error, 'kernel_capacity')) throw error;
      this.#isOff = true;
      this.#parts.logger.warn('cycles are not looked for: watch fewer symbols, or set MAX_LEGS=2', {
        'error.message': toErrorMessage(error),
      });
      return nothing;
    }
  }

  /** All that is not open is found again, or it is over. */
  #beginFull(atMs: number): void {
    this.#fullScreenAtMs = atMs;
    for (const [route, { cycle }] of this.#watched) {
      if (!this.#parts.lifecycle.isOpen(cycle)) this.#watched.delete(route);
    }
  }

  /** The oldest of those that wait, as they are now: their markets may have changed since. */
  #cyclesToJudge(hits: readonly Cycle[], maxCount: number, nowMs: number): readonly Cycle[] {
    for (const cycle of hits) this.#waiting.set(cycle.route, cycle);
    for (const [route, { cycle, version, atMs }] of this.#watched) {
      const isDue = version !== versionOf(cycle) || nowMs - atMs >= REJUDGE_INTERVAL_MS;
      if (isDue && !this.#waiting.has(route)) this.#waiting.set(route, cycle);
    }
    const found = new Set(hits);
    return [...this.#waiting].slice(0, maxCount).map(([route, cycle]) => {
      this.#waiting.delete(route);
      return found.has(cycle) ? cycle : this.#parts.detector.renew(cycle);
    });
  }

  /** Null while the depth of a leg is on its way: an open cycle lives on until it is known. */
  #judge(cycle: Cycle, nowMs: number, parent: Context): CycleJudgement | null {
    const { detector, lifecycle, depth } = this.#parts;
    const judgement = detector.judge(cycle, lifecycle.isOpen(cycle), nowMs);
    const isComing = judgement.wanted.map((record) => depth.request(record, parent)).some(Boolean);
    this.#watched.set(cycle.route, { cycle, version: versionOf(cycle), atMs: nowMs });
    const { confirmation } = judgement;
    const isUnknown = !confirmation.found && confirmation.reason === 'book_unavailable';
    return isUnknown && isComing ? null : judgement;
  }

  /** What has too small an edge comes back when the kernel finds it again. */
  #forget(judgements: readonly CycleJudgement[]): void {
    for (const { cycle, confirmation } of judgements) {
      const isOver = !confirmation.found && confirmation.reason === 'edge_below_threshold';
      if (isOver) this.#watched.delete(cycle.route);
    }
  }
}

function versionOf({ legs }: Cycle): number {
  return legs.reduce((sum, { record }) => sum + record.version, 0);
}

function note(
  span: Span,
  judgements: readonly CycleJudgement[],
  events: readonly OpportunityEvent[],
): void {
  const rejected = judgements.flatMap(({ cycle, confirmation }) =>
    confirmation.found ? [] : [{ route: cycle.route, reason: confirmation.reason }],
  );
  for (const { route, reason } of rejected.slice(0, MAX_NOTED_COUNT)) {
    span.addEvent('cycle_rejected', { [ATTR.symbol]: route, [ATTR.rejectionReason]: reason });
  }
  for (const { type, opportunity } of events.slice(0, MAX_NOTED_COUNT)) {
    span.addEvent(`opportunity_${type}`, {
      [ATTR.opportunityId]: opportunity.id,
      [ATTR.symbol]: opportunity.symbol,
      [ATTR.edgeBps]: opportunity.last.edgeBps,
      ...(opportunity.closeReason === null ? {} : { [ATTR.closeReason]: opportunity.closeReason }),
    });
  }
}
