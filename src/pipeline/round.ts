/**
 * One detection round: updates in, screened, judged at depth, lives moved on; one trace. The tree is
 * `arbitrage.detect_opportunities` with an `arbitrage.detect_symbol` for each symbol that had a candidate.
 */

import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import type { Detector, Judgement, Pair } from '../detect/detector.ts';
import type { Lifecycle } from '../detect/lifecycle.ts';
import type { MarketRecord, MarketState } from '../detect/market-state.ts';
import type { MarketDataSource } from '../domain/market.ts';
import type { OpportunityEvent } from '../domain/opportunity.ts';
import type { FeedBatch } from '../feed/feed.ts';
import type { MarketKernel } from '../kernel/kernel.ts';
import { ATTR, SPAN } from '../telemetry/names.ts';
import { withSpan } from '../telemetry/spans.ts';
import type { SettleCompetition } from './competition.ts';
import type { CycleRounds } from './cycle-round.ts';
import type { DepthRequests } from './depth-requests.ts';
import { toModeAttributes } from './mode-attributes.ts';
import type { MultiRounds } from './multi-round.ts';
import type { DetectionScope } from './pipeline-options.ts';
import { traceIdOf } from './trace-id.ts';

export interface RoundParts {
  readonly source: MarketDataSource;
  readonly kernel: MarketKernel;
  readonly state: MarketState;
  readonly detector: Detector;
  readonly lifecycle: Lifecycle;
  readonly depth: DepthRequests;
  /** Null: pairs only. */
  readonly cycles: CycleRounds | null;
  /** Null or absent: no symbol over all its exchanges at once. */
  readonly multi?: MultiRounds | null;
  readonly settleCompetition: SettleCompetition;
  readonly tracer: Tracer;
  /** Absent: everything is detected here. */
  readonly scope?: DetectionScope;
  /** False: no pairs are looked for. Default true. */
  readonly hasPairs?: boolean;
}

export interface RoundResult {
  readonly events: readonly OpportunityEvent[];
  readonly updatesCount: number;
  readonly candidatesCount: number;
  /** With the span of the round. */
  readonly context: Context;
}

export interface Rounds {
  /** @param batch - what arrived; may be empty, when only time has passed. */
  run(batch: FeedBatch): RoundResult;
  /** True when something was left for the next round, which should come soon. */
  readonly isBehind: boolean;
}

/** All symbols are screened anew after this time: an age can change an answer without an update, milliseconds. */
const FULL_SCREEN_INTERVAL_MS = 1_000;
/** An open pair without updates is judged again after this time, milliseconds. */
const REJUDGE_INTERVAL_MS = 250;
/** Rejected pairs noted on a symbol's span. */
const MAX_REJECTIONS_NOTED_COUNT = 16;

export function createRounds(parts: RoundParts): Rounds {
  return new DetectionRounds(parts);
}

class DetectionRounds implements Rounds {
  readonly #parts: RoundParts;
  /** Pairs whose depth was asked for. */
  readonly #waiting = new Map<string, Pair>();
  readonly #judged = new Map<string, { readonly version: number; readonly atMs: number }>();
  #fullScreenAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: RoundParts) {
    this.#parts = parts;
  }

  get isBehind(): boolean {
    return this.#parts.cycles?.isBehind ?? false;
  }

  run(batch: FeedBatch): RoundResult {
    const { origins = [] } = batch;
    const options = {
      parent: ROOT_CONTEXT,
      attributes: { [ATTR.source]: this.#parts.source },
      ...(origins.length === 0 ? {} : { links: origins.map((context) => ({ context })) }),
    };
    return withSpan(this.#parts.tracer, SPAN.detectOpportunities, options, (span) =>
      this.#runInside(span, batch),
    );
  }

  #runInside(span: Span, batch: FeedBatch): RoundResult {
    const { kernel, state, lifecycle, scope } = this.#parts;
    kernel.resetWork();
    const applied = state.apply(batch.quotes, batch.books);
    if (batch.funding !== undefined) state.setFunding(batch.funding);
    const bySymbol = Map.groupBy(this.#pairsToJudge(batch.atMs), (pair) => pair.buy.market.symbol);
    const events: OpportunityEvent[] = [];
    let candidatesCount = 0;
    for (const [symbol, pairs] of bySymbol) {
      if (scope?.pairs(symbol, batch.atMs) === false) continue;
      candidatesCount += pairs.length;
      events.push(...this.#judgeSymbol(symbol, pairs, batch.atMs));
    }
    this.#forgetClosed();
    const own = new Map(
      [...bySymbol].filter(([symbol]) => scope?.pairs(symbol, batch.atMs) !== false),
    );
    events.push(...(this.#parts.multi?.run(own, batch.atMs, traceIdOf(span)) ?? []));
    const hasCycles = scope?.cycles() ?? true;
    const cycles = hasCycles ? this.#parts.cycles?.run(batch, candidatesCount) : undefined;
    candidatesCount += cycles?.candidatesCount ?? 0;
    events.push(...(cycles?.events ?? []));
    // What nobody judged, nobody changed.
    const settled =
      candidatesCount === 0 && events.length === 0
        ? events
        : this.#parts.settleCompetition(events, batch.atMs);
    const work = kernel.readWork();
    span.setAttributes({
      [ATTR.updatesCount]: applied.updatesCount,
      [ATTR.updatesUnknownCount]: applied.unknownCount,
      [ATTR.exchangesCount]: state.exchanges().length,
      [ATTR.symbolsCount]: state.symbols().length,
      [ATTR.symbolsScreenedCount]: work.symbolsScreenedCount,
      [ATTR.levelsWalkedCount]: work.levelsWalkedCount,
      [ATTR.candidatesCount]: candidatesCount,
      [ATTR.opportunitiesFound]: lifecycle.open().length,
      ...summarise(settled),
    });
    const { updatesCount } = applied;
    return { events: settled, updatesCount, candidatesCount, context: context.active() };
  }

  #pairsToJudge(nowMs: number): Iterable<Pair> {
    const { detector, lifecycle, hasPairs = true } = this.#parts;
    if (!hasPairs) return [];
    const isFull = nowMs - this.#fullScreenAtMs >= FULL_SCREEN_INTERVAL_MS;
    if (isFull) this.#fullScreenAtMs = nowMs;
    const changed = detector.screenChanged(nowMs);
    const pairs = new Map<string, Pair>(this.#waiting);
    for (const pair of isFull ? detector.screenAll(nowMs) : changed) pairs.set(keyOf(pair), pair);
    for (const pair of lifecycle.openPairs()) {
      if (this.#isDue(pair, nowMs)) pairs.set(keyOf(pair), pair);
    }
    return pairs.values();
  }

  #isDue(pair: Pair, nowMs: number): boolean {
    const judged = this.#judged.get(keyOf(pair));
    return (
      judged === undefined ||
      judged.version !== versionOf(pair) ||
      nowMs - judged.atMs >= REJUDGE_INTERVAL_MS
    );
  }

  #judgeSymbol(symbol: string, pairs: readonly Pair[], nowMs: number): readonly OpportunityEvent[] {
    const options = { attributes: { [ATTR.symbol]: symbol } };
    return withSpan(this.#parts.tracer, SPAN.detectSymbol, options, (span) => {
      const parent = context.active();
      const judgements = pairs.map((pair) => this.#judge(pair, nowMs, parent));
      const events = judgements.flatMap(
        (judgement) => this.#parts.lifecycle.observe(judgement, nowMs, traceIdOf(span)) ?? [],
      );
      if (span.isRecording()) noteJudgements(span, judgements, events);
      return events;
    });
  }

  #judge(pair: Pair, nowMs: number, parent: Context): Judgement {
    const { detector, lifecycle, depth } = this.#parts;
    const judgement = detector.judge(pair, lifecycle.isOpen(pair), nowMs);
    const key = keyOf(pair);
    const isComing = judgement.wanted
      .map((record: MarketRecord) => depth.request(record, parent))
      .some(Boolean);
    const { confirmation } = judgement;
    const isWaiting = isComing && !confirmation.found && confirmation.reason === 'book_unavailable';
    if (isWaiting) this.#waiting.set(key, pair);
    else this.#waiting.delete(key);
    this.#judged.set(key, { version: versionOf(pair), atMs: nowMs });
    return judgement;
  }

  #forgetClosed(): void {
    if (this.#judged.size === 0) return;
    const open = new Set(this.#parts.lifecycle.openPairs().map(keyOf));
    for (const key of this.#judged.keys()) if (!open.has(key)) this.#judged.delete(key);
  }
}

function keyOf({ buy, sell }: Pair): string {
  return `${buy.symbolIndex}:${buy.exchangeIndex}:${sell.exchangeIndex}`;
}

function versionOf({ buy, sell }: Pair): number {
  return buy.version + sell.version;
}

function summarise(events: readonly OpportunityEvent[]): Attributes {
  const opened = events.filter(({ type }) => type === 'opened');
  const totalBps = opened.reduce((sum, { opportunity }) => sum + opportunity.last.edgeBps, 0);
  return {
    [ATTR.opportunitiesOpenedCount]: opened.length,
    [ATTR.opportunitiesClosedCount]: events.filter(({ type }) => type === 'closed').length,
    ...(opened.length === 0 ? {} : { [ATTR.averageProfitBps]: totalBps / opened.length }),
  };
}

function noteJudgements(
  span: Span,
  judgements: readonly Judgement[],
  events: readonly OpportunityEvent[],
): void {
  let notedCount = 0;
  for (const { pair, confirmation } of judgements) {
    if (confirmation.found || notedCount === MAX_REJECTIONS_NOTED_COUNT) continue;
    notedCount += 1;
    span.addEvent('pair_rejected', {
      [ATTR.buyExchange]: pair.buy.market.exchange,
      [ATTR.sellExchange]: pair.sell.market.exchange,
      [ATTR.rejectionReason]: confirmation.reason,
    });
  }
  for (const { type, opportunity } of events) {
    span.addEvent(`opportunity_${type}`, {
      [ATTR.opportunityId]: opportunity.id,
      [ATTR.buyExchange]: opportunity.buyExchange,
      [ATTR.sellExchange]: opportunity.sellExchange,
      [ATTR.edgeBps]: opportunity.last.edgeBps,
      ...toModeAttributes(opportunity.last),
      ...(opportunity.closeReason === null ? {} : { [ATTR.closeReason]: opportunity.closeReason }),
    });
  }
  span.setAttributes({
    [ATTR.candidatesCount]: judgements.length,
    [ATTR.opportunitiesFound]: judgements.filter(({ confirmation }) => confirmation.found).length,
  });
}
