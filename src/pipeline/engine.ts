/** The parts of detection, put together once the feed has said what it will deliver. */

import { type CycleDetector, createCycleDetector } from '../detect/cycles/cycle-detector.ts';
import { createDetector, type Detector } from '../detect/detector.ts';
import {
  type CycleLifecycle,
  createCycleLifecycle,
  createLifecycle,
  type Lifecycle,
} from '../detect/lifecycle.ts';
import { createMarketState, type MarketState } from '../detect/market-state.ts';
import { createMultiLifecycle, type MultiLifecycle } from '../detect/multi/multi-lifecycle.ts';
import type { FeedMarkets } from '../feed/feed.ts';
import { type Account, createAccount, needsAccount } from './account.ts';
import { toCapacity } from './capacity.ts';
import { createCompetition } from './competition.ts';
import { createCycleRounds, LIVE_JUDGED_COUNT } from './cycle-round.ts';
import { createDepthRequests } from './depth-requests.ts';
import { createMarketView } from './market-view.ts';
import { createMultiRounds } from './multi-round.ts';
import type { PipelineOptions } from './pipeline-options.ts';
import type { MarketView } from './ports.ts';
import { createRounds, type Rounds } from './round.ts';

export interface Engine {
  readonly state: MarketState;
  readonly detector: Detector;
  readonly lifecycle: Lifecycle;
  readonly cycleLifecycle: CycleLifecycle;
  readonly multiLifecycle: MultiLifecycle;
  /** Null: pairs only. */
  readonly cycleDetector: CycleDetector | null;
  readonly rounds: Rounds;
  readonly view: MarketView;
  readonly account: Account;
}

export interface EngineHooks {
  readonly signal: AbortSignal;
  /** Called when depth that was asked for has come, or has not. */
  readonly onDepth: () => void;
  /** The moment that ages are counted from, milliseconds since the epoch. */
  readonly viewTimeMs: () => number;
}

/** The state holds no market yet. */
export function createEngine(
  options: PipelineOptions,
  loaded: FeedMarkets,
  { signal, onDepth, viewTimeMs }: EngineHooks,
): Engine {
  const { feed, settings, clock, telemetry, bookLevelsCount } = options;
  const { tracer, logger } = telemetry;
  const { source } = feed;
  const kernel = options.createKernel(toCapacity(source, loaded, options));
  const state = createMarketState(kernel, settings.takerBps, options.terms?.fees);
  const account = createAccount(options);
  const lifecycle = createLifecycle(source);
  const cycleLifecycle = createCycleLifecycle(source);
  const multiLifecycle = createMultiLifecycle(source);
  const multi =
    options.hasMulti === true
      ? createMultiRounds({ state, settings, source }, multiLifecycle)
      : null;
  const levelsCount = bookLevelsCount;
  const requests = { feed, state, clock, logger, levelsCount, signal, onSettled: onDepth };
  const depth = createDepthRequests(requests);
  const held = needsAccount(options, feed, settings) ? { account } : {};
  const detector = createDetector({ kernel, state, settings, source, ...held });
  const cycleDetector = createCycles(options, state, held);
  const cycles =
    cycleDetector &&
    createCycleRounds({
      detector: cycleDetector,
      lifecycle: cycleLifecycle,
      depth,
      tracer,
      logger,
      maxJudgedCount: source === 'recording' ? Number.POSITIVE_INFINITY : LIVE_JUDGED_COUNT,
    });
  const rounds = createRounds({
    source,
    kernel,
    state,
    detector,
    lifecycle,
    depth,
    cycles,
    multi,
    settleCompetition: createCompetition({
      state,
      source,
      lifecycles: [lifecycle, cycleLifecycle, multiLifecycle],
    }),
    tracer,
    ...(options.scope === undefined ? {} : { scope: options.scope }),
    hasPairs: options.hasPairs ?? true,
  });
  const view = createMarketView(state, settings, viewTimeMs);
  return {
    ...{ state, detector, lifecycle, cycleLifecycle, multiLifecycle, cycleDetector },
    ...{ rounds, view, account },
  };
}

function createCycles(
  { cycles, feed, settings }: PipelineOptions,
  state: MarketState,
  held: { readonly account?: Account },
): CycleDetector | null {
  if (cycles === undefined) return null;
  return createCycleDetector({ ...cycles, state, settings, source: feed.source, ...held });
}
