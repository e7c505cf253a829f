/** From a feed to opportunities: what is known now, for those who ask; events, for those who listen; the account. */

import { context } from '@opentelemetry/api';
import type { BasisResult } from '../detect/basis/detect-basis.ts';
import type { PegState } from '../detect/conversion/peg-watch.ts';
import type { Pair } from '../detect/detector.ts';
import type { ExplainQuery, Explanation } from '../detect/explain/explain.ts';
import { createLifeBook } from '../detect/life/life-book.ts';
import type { MarketState } from '../detect/market-state.ts';
import type { TransferOverview } from '../detect/transfer/overview.ts';
import { toErrorMessage } from '../domain/errors.ts';
import type { Market } from '../domain/market.ts';
import type { Opportunity, OpportunityEvent } from '../domain/opportunity.ts';
import type { FeedBatch, FeedMarkets, OmittedSymbol } from '../feed/feed.ts';
import { type BasisMonitor, createBasisMonitor } from './basis-monitor.ts';
import { createEngine, type Engine } from './engine.ts';
import { explainNow, toCycleParts } from './explaining.ts';
import { createGate, type Gate } from './gate.ts';
import { createHub } from './hub.ts';
import { loadMarketsPatiently } from './load-markets.ts';
import { createPegMonitor, type PegMonitor, type PegSettings } from './peg-monitor.ts';
import type { PipelineOptions } from './pipeline-options.ts';
import type { MarketView, OpportunityHub, Pipeline, PipelineStatus } from './ports.ts';
import type { RoundResult } from './round.ts';
import { runBatches } from './run-batches.ts';
import { transfersNow } from './transfers.ts';

const NO_PEGS: PegSettings = { pegs: [], depegBps: Number.POSITIVE_INFINITY };

export function createPipeline(options: PipelineOptions): Pipeline {
  return new FeedPipeline(options);
}

class FeedPipeline implements Pipeline {
  readonly hub: OpportunityHub;
  readonly market: MarketView;
  readonly #options: PipelineOptions;
  readonly #downExchanges = new Set<string>();
  readonly #lives = createLifeBook();
  readonly #pegs: PegMonitor;
  readonly #basis: BasisMonitor | null;
  #running: Engine | null = null;
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
    this.hub = options.hub ?? createHub({ startedAtMs: this.#nowMs });
    this.#pegs = createPegMonitor({
      ...(options.pegs ?? NO_PEGS),
      logger: options.telemetry.logger,
      onChange: (state) => options.onPeg?.(state),
    });
    const { basis, feed, telemetry } = options;
    this.#basis =
      basis === undefined
        ? null
        : createBasisMonitor({
            settings: basis,
            source: () => feed.source,
            tracer: telemetry.tracer,
          });
    this.market = {
      symbols: () => this.#running?.view.symbols() ?? [],
      snapshots: (symbol) => this.#running?.view.snapshots(symbol) ?? [],
    };
  }

  open(): readonly Opportunity[] {
    const { lifecycle, cycleLifecycle, multiLifecycle } = this.#running ?? {};
    return [lifecycle, cycleLifecycle, multiLifecycle]
      .flatMap((lives) => lives?.open() ?? [])
      .map((opportunity) => this.#stamp(this.#lives.describe(opportunity)))
      .sort(byQuoteThenProfit);
  }

  status(): PipelineStatus {
    return this.#status;
  }

  pegs(): readonly PegState[] {
    return this.#pegs.states();
  }

  basis(): BasisResult | null {
    return this.#basis?.latest() ?? null;
  }

  omitted(): readonly OmittedSymbol[] {
    return this.#omitted;
  }

  explain(query: ExplainQuery): Explanation {
    const { feed, settings } = this.#options;
    const running = this.#running;
    const parts = running && {
      ...running,
      cycles: toCycleParts(running, this.#options),
      settings,
      source: feed.source,
      isOpen: (pair: Pair) => running.lifecycle.isOpen(pair),
      unwatched: this.#omitted,
    };
    return explainNow(parts, feed.exchanges(), this.#viewTimeMs(), query);
  }

  transfers(asset: string): TransferOverview | null {
    const running = this.#running;
    return running && transfersNow(asset, running, this.#options.settings);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { feed, clock } = this.#options;
    try {
      const gate = createGate();
      const running = this.#start(await this.#loadMarkets(signal), gate, signal);
      this.#patch({ state: 'running', startedAtMs: clock.nowMs() });
      const stopListening = feed.onMarkets((loaded) => this.#addMarkets(running.state, loaded));
      try {
        await runBatches({
          ...this.#options,
          gate,
          signal,
          lastRoundAtMs: () => this.#nowMs,
          runRound: (batch) => this.#runRound(running, batch),
        });
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

  async #loadMarkets(signal: AbortSignal): Promise<FeedMarkets> {
    const { feed, clock, telemetry } = this.#options;
    const markets = await loadMarketsPatiently(feed, clock, signal, (error) => {
      if (this.#status.error === null) {
        telemetry.logger.warn('no exchange can be read yet; waiting for the first', {}, error);
      }
      this.#patch({ error: toErrorMessage(error) });
    });
    this.#patch({ error: null });
    return markets;
  }

  #start(loaded: FeedMarkets, gate: Gate, signal: AbortSignal): Engine {
    const engine = createEngine(this.#options, loaded, {
      signal,
      onDepth: gate.open,
      viewTimeMs: () => this.#viewTimeMs(),
    });
    this.#addMarkets(engine.state, loaded);
    this.#running = engine;
    return engine;
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

  release(): void {
    const { scope } = this.#options;
    if (scope === undefined || this.#running === null) return;
    const { lifecycle, cycleLifecycle, multiLifecycle } = this.#running;
    const nowMs = this.#viewTimeMs();
    const isOver = ({ symbol }: Opportunity) => !scope.pairs(symbol);
    const pairs = lifecycle.closeWhere(isOver, nowMs, 'handed_over');
    const cycles = cycleLifecycle.closeWhere(() => !scope.cycles(), nowMs, 'handed_over');
    const multi = multiLifecycle.closeWhere(isOver, nowMs, 'handed_over');
    this.#close([...pairs, ...multi, ...cycles]);
  }

  #runRound(running: Engine, batch: FeedBatch): boolean {
    this.#nowMs = batch.atMs;
    this.release();
    this.#followExchanges(running.state);
    running.account.followFeed(this.#options.feed);
    const result = running.rounds.run(batch);
    running.account.sample(running.state, this.#options.settings, this.#nowMs);
    this.#pegs.observe(running.view, this.#nowMs);
    this.#basis?.observe(running.view, this.#nowMs);
    this.#account(result);
    if (result.events.length > 0) context.with(result.context, () => this.#emit(result.events));
    return running.rounds.isBehind;
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

  #finish(engine: Engine, reason: 'shutdown' | 'feed_ended'): void {
    const nowMs = this.#viewTimeMs();
    if (reason === 'feed_ended') this.#pegs.observeNow(engine.view, nowMs);
    const { lifecycle, multiLifecycle, cycleLifecycle } = engine;
    const events = [lifecycle, multiLifecycle, cycleLifecycle].flatMap((lives) =>
      lives.closeWhere(() => true, nowMs, reason),
    );
    this.#close(events);
  }

  #close(events: readonly OpportunityEvent[]): void {
    this.#patch({ closedCount: this.#status.closedCount + events.length });
    this.#emit(events);
  }

  #stamp(opportunity: Opportunity): Opportunity {
    return this.#options.scope?.stamp(opportunity) ?? opportunity;
  }

  #emit(given: readonly OpportunityEvent[]): void {
    if (given.length === 0) return;
    const events = given.map((event) => {
      const { type, opportunity } = this.#lives.follow(event);
      return { type, opportunity: this.#stamp(opportunity) };
    });
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

function toOmitted({ symbol, exchange }: Market): OmittedSymbol {
  return { symbol, reason: 'over_capacity', exchanges: [exchange] };
}

function byQuoteThenProfit(a: Opportunity, b: Opportunity): number {
  if (a.quote !== b.quote) return a.quote < b.quote ? -1 : 1;
  return Number(b.last.profitInQuote) - Number(a.last.profitInQuote);
}
