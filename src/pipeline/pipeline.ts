/** The loop: batches from the feed, one detection round at a time, events out; back-pressure, abort, account. */

import type { PegState } from '../detect/conversion/peg-watch.ts';
import { createCycleDetector } from '../detect/cycles/cycle-detector.ts';
import { createDetector, type Detector, type Pair } from '../detect/detector.ts';
import type { ExplainQuery, Explanation } from '../detect/explain/explain.ts';
import { createLifeBook } from '../detect/life/life-book.ts';
import {
  type CycleLifecycle,
  createCycleLifecycle,
  createLifecycle,
  type Lifecycle,
} from '../detect/lifecycle.ts';
import { createMarketState, type MarketState } from '../detect/market-state.ts';
import type { DetectionSettings } from '../detect/settings.ts';
import type { Clock } from '../domain/clock.ts';
import { type ErrorCode, isSpreadscopeError, toErrorMessage } from '../domain/errors.ts';
import type { Market } from '../domain/market.ts';
import type { Opportunity, OpportunityEvent } from '../domain/opportunity.ts';
import type { Feed, FeedBatch, FeedMarkets, OmittedSymbol } from '../feed/feed.ts';
import type { CycleGraph, CycleKernel } from '../kernel/cycles/cycle-kernel.ts';
import type { KernelCapacity, MarketKernel } from '../kernel/kernel.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { toCapacity } from './capacity.ts';
import { type CycleRounds, createCycleRounds } from './cycle-round.ts';
import { createDepthRequests, type DepthRequests } from './depth-requests.ts';
import { explainNow } from './explaining.ts';
import { createGate, type Gate } from './gate.ts';
import { createHub } from './hub.ts';
import { createMarketView } from './market-view.ts';
import { createPegMonitor, type PegMonitor, type PegSettings } from './peg-monitor.ts';
import type { MarketView, OpportunityHub, Pipeline, PipelineStatus } from './ports.ts';
import { createRounds, type RoundResult, type Rounds } from './round.ts';

export interface PipelineOptions {
  readonly feed: Feed;
  /** Makes the kernel once the feed has said how deep its books are. */
  readonly createKernel: (capacity: KernelCapacity) => MarketKernel;
  /** Looks for cycles too; absent: pairs only. */
  readonly cycles?: {
    readonly createKernel: (graph: CycleGraph) => CycleKernel;
    /** 3 to 5. */
    readonly maxLegs: number;
  };
  /** Bounds of the kernel for a live feed; a recording gets what its markets need. */
  readonly maxSymbolsCount: number;
  readonly maxExchangesCount: number;
  readonly bookLevelsCount: number;
  readonly settings: DetectionSettings;
  /** Least time between two rounds, milliseconds; 0 for a recording at full speed. */
  readonly roundIntervalMs: number;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'tracer' | 'logger'>;
  /** Assets whose price in another is watched; absent: none. */
  readonly pegs?: PegSettings;
  /** Called with each peg whose alarm went on or off. */
  readonly onPeg?: (state: PegState) => void;
  /** Called after each round that changed something, before the events are published. */
  readonly onEvents: (events: readonly OpportunityEvent[]) => void;
}

/** Without any update, a round still runs this often, so that stale opportunities close, milliseconds. */
const IDLE_ROUND_INTERVAL_MS = 250;
/** While no exchange can be read, it is looked again this often; the feed itself decides when it asks, milliseconds. */
const LOAD_RETRY_INTERVAL_MS = 500;
/** Faults that go away by themselves; any other is a mistake in the configuration. */
const PASSING_CODES: readonly ErrorCode[] = [
  'exchange_network',
  'exchange_timeout',
  'exchange_rate_limited',
  'exchange_maintenance',
  'exchange_bad_data',
  'exchange_failed',
];
const NO_PEGS: PegSettings = { pegs: [], depegBps: Number.POSITIVE_INFINITY };

export function createPipeline(options: PipelineOptions): Pipeline {
  return new FeedPipeline(options);
}

interface Running {
  readonly state: MarketState;
  readonly detector: Detector;
  readonly lifecycle: Lifecycle;
  readonly cycleLifecycle: CycleLifecycle;
  readonly rounds: Rounds;
  readonly view: MarketView;
}

class FeedPipeline implements Pipeline {
  readonly hub: OpportunityHub;
  readonly market: MarketView;
  readonly #options: PipelineOptions;
  readonly #downExchanges = new Set<string>();
  readonly #lives = createLifeBook();
  readonly #pegs: PegMonitor;
  #running: Running | null = null;
  #omitted: readonly OmittedSymbol[] = [];
  #nowMs: number;
  #status: PipelineStatus = {
    state: 'starting',
    error: null,
    startedAtMs: null,
    lastRoundAtMs: null,
    roundsCount: 0,
    updatesCount: 0,
    candidatesCount: 0,
    openedCount: 0,
    closedCount: 0,
  };

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#nowMs = options.clock.nowMs();
    this.hub = createHub({ startedAtMs: this.#nowMs });
    this.#pegs = createPegMonitor({
      ...(options.pegs ?? NO_PEGS),
      logger: options.telemetry.logger,
      onChange: (state) => options.onPeg?.(state),
    });
    this.market = {
      symbols: () => this.#running?.view.symbols() ?? [],
      snapshots: (symbol) => this.#running?.view.snapshots(symbol) ?? [],
    };
  }

  open(): readonly Opportunity[] {
    const { lifecycle, cycleLifecycle } = this.#running ?? {};
    return [...(lifecycle?.open() ?? []), ...(cycleLifecycle?.open() ?? [])]
      .map((opportunity) => this.#lives.describe(opportunity))
      .sort(byQuoteThenProfit);
  }

  status(): PipelineStatus {
    return this.#status;
  }

  pegs(): readonly PegState[] {
    return this.#pegs.states();
  }

  omitted(): readonly OmittedSymbol[] {
    return this.#omitted;
  }

  explain(query: ExplainQuery): Explanation {
    const { feed, settings } = this.#options;
    const running = this.#running;
    const parts = running && {
      ...running,
      settings,
      source: feed.source,
      isOpen: (pair: Pair) => running.lifecycle.isOpen(pair),
      unwatched: this.#omitted,
    };
    return explainNow(parts, feed.exchanges(), this.#viewTimeMs(), query);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { feed, clock } = this.#options;
    try {
      const gate = createGate();
      const running = this.#start(await this.#loadMarkets(signal), gate, signal);
      this.#patch({ state: 'running', startedAtMs: clock.nowMs() });
      const stopListening = feed.onMarkets((loaded) => this.#addMarkets(running.state, loaded));
      try {
        await this.#loop(running, gate, signal);
      } finally {
        stopListening();
      }
      this.#finish(running, signal.aborted ? 'shutdown' : 'feed_ended');
      this.#patch({ state: 'ended' });
    } catch (error) {
      if (signal.aborted) {
        this.#patch({ state: 'ended' });
        return;
      }
      this.#patch({ state: 'failed', error: toErrorMessage(error) });
      throw error;
    }
  }

  /** Exchanges that cannot be reached now are waited for: a service outlives a network that is down when it starts. */
  async #loadMarkets(signal: AbortSignal): Promise<FeedMarkets> {
    const { feed, clock, telemetry } = this.#options;
    for (;;) {
      try {
        const markets = await feed.loadMarkets(signal);
        this.#patch({ error: null });
        return markets;
      } catch (error) {
        if (signal.aborted || feed.source !== 'live' || !isPassing(error)) throw error;
        if (this.#status.error === null) {
          telemetry.logger.warn('no exchange can be read yet; waiting for the first', {}, error);
        }
        this.#patch({ error: toErrorMessage(error) });
        await clock.sleep(LOAD_RETRY_INTERVAL_MS, signal);
      }
    }
  }

  #start(loaded: FeedMarkets, gate: Gate, signal: AbortSignal): Running {
    const { feed, settings, clock, telemetry, bookLevelsCount } = this.#options;
    const kernel = this.#options.createKernel(toCapacity(feed.source, loaded, this.#options));
    const state = createMarketState(kernel, settings.takerBps);
    this.#addMarkets(state, loaded);
    const lifecycle = createLifecycle(feed.source);
    const cycleLifecycle = createCycleLifecycle(feed.source);
    const depth = createDepthRequests({
      feed,
      state,
      clock,
      logger: telemetry.logger,
      levelsCount: bookLevelsCount,
      signal,
      onSettled: gate.open,
    });
    const detector = createDetector({ kernel, state, settings, source: feed.source });
    const { tracer } = telemetry;
    const rounds = createRounds({
      source: feed.source,
      kernel,
      state,
      detector,
      lifecycle,
      depth,
      cycles: this.#createCycleRounds(state, cycleLifecycle, depth),
      tracer,
    });
    const view = createMarketView(state, settings, () => this.#viewTimeMs());
    this.#running = { state, detector, lifecycle, cycleLifecycle, rounds, view };
    return this.#running;
  }

  #createCycleRounds(
    state: MarketState,
    lifecycle: CycleLifecycle,
    depth: DepthRequests,
  ): CycleRounds | null {
    const { cycles, feed, settings, telemetry } = this.#options;
    if (cycles === undefined) return null;
    const { tracer, logger } = telemetry;
    const detector = createCycleDetector({ ...cycles, state, settings, source: feed.source });
    return createCycleRounds({ detector, lifecycle, depth, tracer, logger });
  }

  #addMarkets(state: MarketState, { markets, omitted }: FeedMarkets): void {
    const beyond = state.setMarkets(markets);
    this.#omitted = [...omitted, ...beyond.map(toOmitted)];
    if (beyond.length === 0) return;
    this.#options.telemetry.logger.warn(
      'more markets than the kernel holds; raise MAX_SYMBOLS or MAX_EXCHANGES',
      { 'crypto.omitted_markets_count': beyond.length },
    );
  }

  /** The feed is pumped into a mailbox of one batch; a round takes it, and the feed goes on. */
  async #loop(running: Running, gate: Gate, signal: AbortSignal): Promise<void> {
    const { feed, clock, roundIntervalMs } = this.#options;
    const taken = createGate();
    const mailbox: { batch: FeedBatch | null; isEnded: boolean; error: unknown } = {
      batch: null,
      isEnded: false,
      error: null,
    };
    const pump = async () => {
      try {
        for await (const batch of feed.batches(signal)) {
          mailbox.batch = batch;
          gate.open();
          await taken.wait();
        }
      } catch (error) {
        mailbox.error = error;
      }
      mailbox.isEnded = true;
      gate.open();
    };
    const idle = new AbortController();
    void pump();
    if (feed.source !== 'recording') void this.#openWhenIdle(gate, idle.signal);
    try {
      for (;;) {
        await gate.wait();
        const { batch } = mailbox;
        if (batch === null && mailbox.isEnded) break;
        mailbox.batch = null;
        if (batch !== null) taken.open();
        if (signal.aborted) continue;
        this.#runRound(running, batch ?? emptyBatch(clock.nowMs()));
        if (mailbox.isEnded) gate.open();
        if (roundIntervalMs > 0) await sleepQuietly(clock, roundIntervalMs, signal);
      }
    } finally {
      idle.abort();
    }
    if (mailbox.error !== null) throw mailbox.error;
  }

  async #openWhenIdle(gate: Gate, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      await sleepQuietly(clock, IDLE_ROUND_INTERVAL_MS, signal);
      if (clock.nowMs() - this.#nowMs >= IDLE_ROUND_INTERVAL_MS) gate.open();
    }
  }

  #runRound(running: Running, batch: FeedBatch): void {
    this.#nowMs = batch.atMs;
    this.#followExchanges(running.state);
    const result = running.rounds.run(batch);
    this.#pegs.observe(running.view, this.#nowMs);
    this.#account(result);
    this.#emit(result.events);
  }

  /**
   * An exchange that went down takes its quotes with it, at once; no quote outlives its feed. What is newly known of
   * its clock holds for what comes next.
   */
  #followExchanges(state: MarketState): void {
    for (const status of this.#options.feed.exchanges()) {
      const { exchange, state: exchangeState, clockOffsetMs } = status;
      if (clockOffsetMs !== null) state.setClockOffset(exchange, clockOffsetMs);
      const isDown = exchangeState === 'down' || exchangeState === 'closed';
      if (isDown && !this.#downExchanges.has(exchange)) state.clearExchange(exchange);
      if (isDown) this.#downExchanges.add(exchange);
      else this.#downExchanges.delete(exchange);
    }
  }

  #finish({ lifecycle, cycleLifecycle, view }: Running, reason: 'shutdown' | 'feed_ended'): void {
    const nowMs = this.#viewTimeMs();
    if (reason === 'feed_ended') this.#pegs.observeNow(view, nowMs);
    const events = [lifecycle, cycleLifecycle].flatMap((lives) => lives.closeAll(nowMs, reason));
    this.#patch({ closedCount: this.#status.closedCount + events.length });
    this.#emit(events);
  }

  #emit(given: readonly OpportunityEvent[]): void {
    if (given.length === 0) return;
    const events = given.map((event) => this.#lives.follow(event));
    this.#options.onEvents(events);
    this.hub.publish(events);
  }

  #account({ events, updatesCount, candidatesCount }: RoundResult): void {
    const status = this.#status;
    const countOf = (type: OpportunityEvent['type']) =>
      events.filter((event) => event.type === type).length;
    this.#patch({
      lastRoundAtMs: this.#nowMs,
      roundsCount: status.roundsCount + 1,
      updatesCount: status.updatesCount + updatesCount,
      candidatesCount: status.candidatesCount + candidatesCount,
      openedCount: status.openedCount + countOf('opened'),
      closedCount: status.closedCount + countOf('closed'),
    });
  }

  #viewTimeMs(): number {
    const { feed, clock } = this.#options;
    return feed.source === 'recording' ? this.#nowMs : clock.nowMs();
  }

  #patch(change: Partial<PipelineStatus>): void {
    this.#status = { ...this.#status, ...change };
  }
}

function isPassing(error: unknown): boolean {
  return isSpreadscopeError(error) && PASSING_CODES.includes(error.code);
}

function toOmitted({ symbol, exchange }: Market): OmittedSymbol {
  return { symbol, reason: 'over_capacity', exchanges: [exchange] };
}

function emptyBatch(atMs: number): FeedBatch {
  return { atMs, quotes: [], books: [] };
}

async function sleepQuietly(clock: Clock, durationMs: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(durationMs, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function byQuoteThenProfit(a: Opportunity, b: Opportunity): number {
  if (a.quote !== b.quote) return a.quote < b.quote ? -1 : 1;
  return Number(b.last.profitInQuote) - Number(a.last.profitInQuote);
}
