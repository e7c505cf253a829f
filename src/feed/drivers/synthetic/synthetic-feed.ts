/** The feed of a market that does not exist: for a demo without network, and for tests and benches with a known answer. */

import type { Clock } from '../../../domain/clock.ts';
import { SpreadscopeError } from '../../../domain/errors.ts';
import { type ConflatingQueue, createConflatingQueue } from '../../conflation.ts';
import type { ExchangeReason, ExchangeStatus, Feed, FeedBatch } from '../../feed.ts';
import { splitSharedSymbols } from '../../shared-symbols.ts';
import { SYNTHETIC_LEVELS_COUNT } from './depth.ts';
import { createSyntheticEngine, STEP_MS, type SyntheticEngine } from './engine.ts';
import type { ExchangePlan, SyntheticShape } from './market-plan.ts';

export interface SyntheticFeedOptions extends SyntheticShape {
  readonly clock: Clock;
}

/**
 * A consumer that stays away longer than this many steps (a laptop that slept) finds the market where it left it: the
 * steps in between are not made up for.
 */
const MAX_CATCH_UP_STEPS = 500;

const CLOSED: ExchangeReason = { code: 'closed', message: 'The synthetic market was closed.' };

/**
 * Steps with the clock: 10 ms each, the first at once. Updates arrive at the time of their step. The same seed and shape
 * give the same updates; how many steps fall into one batch depends on the consumer, what it missed is counted.
 *
 * @throws {RangeError} when a number of `options` is not usable.
 */
export function createSyntheticFeed(options: SyntheticFeedOptions): Feed {
  requireShape(options);
  const engine = createSyntheticEngine(options);
  const { clock } = options;
  const closing = new AbortController();
  const stepClock = createStepClock(engine, clock);
  const queue = createConflatingQueue(stepClock);
  const tally = createTally(engine, queue);
  let isConsumed = false;

  const runDueSteps = (): FeedBatch | null => {
    for (let due = stepClock.dueStepsCount(); due > 0; due -= 1) {
      const atMs = stepClock.nextStepMs();
      for (const update of engine.step(atMs)) {
        tally.count(update.type === 'quote' ? update.quote : update.book);
        if (update.type === 'quote') queue.pushQuote(update.quote);
        else queue.pushBook(update.book);
      }
      for (const funding of engine.funding(atMs)) queue.pushFunding(funding);
    }
    return queue.take();
  };

  async function* batches(signal: AbortSignal): AsyncGenerator<FeedBatch, void, void> {
    if (isConsumed) throw new Error('BUG: a synthetic feed has one consumer at a time');
    isConsumed = true;
    const stop = AbortSignal.any([signal, closing.signal]);
    try {
      while (!stop.aborted) {
        const batch = runDueSteps();
        if (batch !== null) yield batch;
        else await clock.sleep(stepClock.untilNextStepMs(), stop);
      }
    } catch (error) {
      if (!stop.aborted) throw error;
    } finally {
      isConsumed = false;
    }
  }

  return {
    source: 'synthetic',
    loadMarkets: async (signal) => {
      signal.throwIfAborted();
      const markets = engine.plans.map((plan) => plan.market);
      const { omitted } = splitSharedSymbols(markets);
      return { markets, omitted, maxLevelsCount: SYNTHETIC_LEVELS_COUNT };
    },
    onMarkets: () => () => undefined,
    batches,
    fetchBook: async (exchange, symbol, levelsCount, signal) => {
      signal.throwIfAborted();
      const market = findMarket(engine, exchange, symbol);
      const book = engine.bookAt(market, clock.nowMs());
      if (book === null) {
        throw new SpreadscopeError('exchange_bad_data', `${exchange}: ${symbol} has no price yet`);
      }
      const { bids, asks } = book;
      return { ...book, bids: bids.slice(0, levelsCount), asks: asks.slice(0, levelsCount) };
    },
    exchanges: () => tally.statuses(closing.signal.aborted ? CLOSED : null),
    close: async () => closing.abort(),
  };
}

/** Ties steps to the clock: step n happens at the start plus n × `STEP_MS`. */
function createStepClock(engine: SyntheticEngine, clock: Clock) {
  let originMs: number | null = null;
  const doneMs = () => (engine.stepsCount - 1) * STEP_MS;

  const begin = (): number => {
    originMs ??= clock.nowMs();
    return originMs;
  };

  /** Moves the origin when the clock jumped: far ahead, or behind what was already shown. */
  const realign = (nowMs: number): number => {
    const behindSteps = Math.floor((nowMs - begin()) / STEP_MS) + 1 - engine.stepsCount;
    if (behindSteps > MAX_CATCH_UP_STEPS) {
      originMs = begin() + (behindSteps - MAX_CATCH_UP_STEPS) * STEP_MS;
    } else if (engine.stepsCount > 0 && nowMs < begin() + doneMs() - STEP_MS) {
      originMs = nowMs - doneMs();
    }
    return begin();
  };

  return {
    /** Time of the last step. */
    nowMs: () => begin() + Math.max(0, doneMs()),
    nextStepMs: () => begin() + engine.stepsCount * STEP_MS,
    dueStepsCount: (): number => {
      const nowMs = clock.nowMs();
      return Math.floor((nowMs - realign(nowMs)) / STEP_MS) + 1 - engine.stepsCount;
    },
    untilNextStepMs: () => Math.max(0, begin() + engine.stepsCount * STEP_MS - clock.nowMs()),
  };
}

function findMarket(engine: SyntheticEngine, exchange: string, symbol: string): number {
  const index = engine.plans.findIndex(
    ({ market }) => market.exchange === exchange && market.symbol === symbol,
  );
  if (index !== -1) return index;
  if (engine.plans.some(({ market }) => market.exchange === exchange)) {
    throw new SpreadscopeError('symbol_unknown', `${exchange}: there is no ${symbol}`);
  }
  throw new SpreadscopeError('exchange_unknown', `${exchange}: not a synthetic exchange`);
}

interface Counts {
  readonly plan: ExchangePlan;
  marketsCount: number;
  updatesCount: number;
  lastUpdateAtMs: number | null;
}

function createTally(engine: SyntheticEngine, queue: ConflatingQueue) {
  const byExchange = new Map<string, Counts>();
  for (const { exchange: plan } of engine.plans) {
    const fresh: Counts = { plan, marketsCount: 0, updatesCount: 0, lastUpdateAtMs: null };
    const counts = byExchange.get(plan.exchange) ?? fresh;
    counts.marketsCount += 1;
    byExchange.set(plan.exchange, counts);
  }
  return {
    count: (update: { readonly exchange: string; readonly receivedAtMs: number }): void => {
      const counts = byExchange.get(update.exchange);
      if (counts === undefined) return;
      counts.updatesCount += 1;
      counts.lastUpdateAtMs = update.receivedAtMs;
    },
    statuses: (reason: ExchangeReason | null): readonly ExchangeStatus[] =>
      [...byExchange.values()].map((counts) => toStatus(counts, reason, queue)),
  };
}

function toStatus(
  { plan, marketsCount, updatesCount, lastUpdateAtMs }: Counts,
  reason: ExchangeReason | null,
  queue: ConflatingQueue,
): ExchangeStatus {
  return {
    exchange: plan.exchange,
    state: reason === null ? 'live' : 'closed',
    transport: 'synthetic',
    reason,
    marketsCount,
    updatesCount,
    skippedCount: queue.skippedCount(plan.exchange),
    failuresCount: 0,
    lastUpdateAtMs,
    // There and back at the latency that the exchange's updates show.
    roundTripMs: 2 * plan.latencyMs,
    clockOffsetMs: 0,
    retryAtMs: null,
  };
}

/** The limits of the SYNTHETIC_* variables. */
function requireShape(shape: SyntheticShape): void {
  requireWhole('seed', shape.seed, 0, 2 ** 32 - 1);
  requireWhole('exchangesCount', shape.exchangesCount, 2, 64);
  requireWhole('symbolsCount', shape.symbolsCount, 1, 4_096);
  requireWhole('updatesPerSecond', shape.updatesPerSecond, 1, 1_000_000);
}

function requireWhole(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new RangeError(`${name}: expected a whole number from ${low} to ${high}, got ${value}`);
}
