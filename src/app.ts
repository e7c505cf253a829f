/** Composition and nothing else: parts in, one program out that answers requests, detects, stores, and stops cleanly. */

import type { Cache } from './cache/cache.ts';
import type { Config } from './config.ts';
import type { BasisSettings } from './detect/basis/settings.ts';
import { createSpreadBook } from './detect/life/spread-book.ts';
import type { DetectionSettings } from './detect/settings.ts';
import type { Clock } from './domain/clock.ts';
import { toErrorMessage } from './domain/errors.ts';
import type { Feed } from './feed/feed.ts';
import { createHttpApp } from './http/app.ts';
import type { KernelInfo, WebPages } from './http/services.ts';
import type { CycleGraph, CycleKernel } from './kernel/cycles/cycle-kernel.ts';
import type { KernelCapacity, MarketKernel } from './kernel/kernel.ts';
import type { ShardHooks, ShardKeeper } from './lease/shard-keeper.ts';
import type { AccountOptions } from './pipeline/account.ts';
import { keepBasisRegularly } from './pipeline/basis-keeping.ts';
import { createJournalHub } from './pipeline/journal-hub.ts';
import { createPipeline } from './pipeline/pipeline.ts';
import type { PipelineOptions } from './pipeline/pipeline-options.ts';
import type { Pipeline } from './pipeline/ports.ts';
import { registerProgramMetrics } from './pipeline/program-metrics.ts';
import { registerShardMetrics } from './pipeline/shard-metrics.ts';
import {
  keepSpreadsRegularly,
  MAX_SPREAD_PAIRS_COUNT,
  SPREAD_WINDOW_COUNT,
  sampleSpreadsRegularly,
} from './pipeline/spread-sampling.ts';
import { createDeadline } from './shutdown.ts';
import type { OpportunityJournal } from './store/journal.ts';
import type { OpportunityStore } from './store/store.ts';
import { createStoreWriter, type StoreWriter } from './store/writer.ts';
import { traceFetch } from './telemetry/http-server.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

type CreateCycleKernel = (graph: CycleGraph) => CycleKernel;

/** Everything that depends on the runtime or on a driver. */
export interface AppParts {
  readonly version: string;
  readonly config: Config;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly createRequestId: () => string;
  readonly telemetry: Telemetry;
  readonly kernel: KernelInfo;
  readonly createKernel: (capacity: KernelCapacity) => MarketKernel;
  /** Absent: no cycles are looked for, which is logged when `config.maxLegs` asks for them. */
  readonly createCycleKernel?: CreateCycleKernel;
  readonly feed: Feed;
  readonly store: OpportunityStore;
  /** Writes within the round, and remembers what streams have sent; absent: a queue in memory does the writing. */
  readonly journal?: OpportunityJournal;
  /** False: somebody else looks for pairs. Default true. */
  readonly hasPairs?: boolean;
  readonly cache: Cache;
  /** Absent: this process detects everything. */
  readonly shards?: ShardKeeper;
  readonly web: WebPages;
}

export interface App {
  readonly pipeline: Pipeline;
  fetch(request: Request): Promise<Response> | Response;
  /** Detects until the feed ends or `close` is called. @throws what the feed throws. */
  run(): Promise<void>;
  /**
   * Stops in order: streams and feed, open opportunities, the store's queue, the exporter. Takes at most
   * `config.shutdownTimeoutMs`; what could not be written by then is counted in the log.
   */
  close(): Promise<void>;
}

/** Opportunities of one write; PGlite takes 10,000 rows in 84 ms, so a batch is far from its limit. */
const WRITE_BATCH_COUNT = 500;
/** How long a batch gathers, milliseconds. */
const WRITE_INTERVAL_MS = 200;
/** Time between two deletions of what is past its retention, milliseconds. */
const PRUNE_INTERVAL_MS = 3_600_000;
const DAY_MS = 86_400_000;

export function createApp(parts: AppParts): App {
  const { config, clock, telemetry, feed, store, cache } = parts;
  const { logger } = telemetry;
  const startedAtMs = clock.nowMs();
  const stop = new AbortController();
  const writer = parts.journal ?? createBatchWriter(parts);
  const pipeline = createPipeline({
    feed,
    createKernel: parts.createKernel,
    ...toCycleOptions(config, parts.createCycleKernel),
    ...(parts.hasPairs === undefined ? {} : { hasPairs: parts.hasPairs }),
    ...(parts.journal === undefined ? {} : { hub: createJournalHub(parts.journal) }),
    hasMulti: config.hasMulti,
    maxSymbolsCount: config.maxSymbolsCount,
    maxExchangesCount: config.maxExchangesCount,
    bookLevelsCount: config.bookLevelsCount,
    settings: toDetectionSettings(config),
    ...toAccountOptions(config),
    basis: toBasisSettings(config),
    pegs: { pegs: config.pegs, depegBps: config.depegBps },
    roundIntervalMs: config.roundIntervalMs,
    ...(parts.shards === undefined ? {} : { scope: parts.shards }),
    clock,
    telemetry,
    onEvents: (events) => writer.enqueue(events.map(({ opportunity }) => opportunity)),
  });
  if (config.maxLegs > 2 && parts.createCycleKernel === undefined) {
    logger.warn('MAX_LEGS: there is no cycle kernel here, only pairs are looked for');
  }
  const spreads = createSpreadBook({
    windowCount: SPREAD_WINDOW_COUNT,
    maxPairsCount: MAX_SPREAD_PAIRS_COUNT,
  });
  const http = createHttpApp({
    ...parts,
    spreads,
    startedAtMs,
    pipeline,
    storeWriter: writer,
    shutdown: stop.signal,
  });
  let running: Promise<void> = Promise.resolve();
  let closing: Promise<void> | null = null;

  const closeInOrder = async (): Promise<void> => {
    const isInTime = createDeadline(clock, config.shutdownTimeoutMs, logger);
    stop.abort();
    // What the run throws is thrown to whoever called `run`.
    await isInTime(
      'pipeline',
      running.catch(() => undefined),
    );
    pipeline.hub.close();
    await isInTime('feed', feed.close());
    await isInTime('store writer', writer.close(config.shutdownTimeoutMs / 2));
    if (parts.shards !== undefined) await isInTime('shards', parts.shards.leave());
    await isInTime('store and cache', Promise.all([store.close(), cache.close()]));
    await isInTime('telemetry', telemetry.shutdown());
  };

  return {
    pipeline,
    fetch: traceFetch(telemetry, (request: Request) => http.fetch(request)),
    run: () => {
      void pruneRegularly(parts, stop.signal);
      void sampleSpreadsRegularly(pipeline.market, spreads, clock, stop.signal);
      const keeping = { market: pipeline.market, book: spreads, store, source: () => feed.source };
      void keepSpreadsRegularly({ ...keeping, clock, logger }, stop.signal);
      void keepBasisRegularly(
        { pipeline, store, source: () => feed.source, clock, logger },
        stop.signal,
      );
      void registerProgramMetrics({
        meter: telemetry.meter,
        clock,
        pipeline,
        feed,
        storeWriter: writer,
        cache,
        signal: stop.signal,
      });
      if (parts.shards !== undefined) registerShardMetrics(telemetry.meter, parts.shards);
      void keepShards(parts, pipeline, writer, stop.signal);
      running = pipeline.run(stop.signal);
      return running;
    },
    close: () => {
      closing ??= closeInOrder();
      return closing;
    },
  };
}

/** How long a shard that is handed over waits for the database, milliseconds. */
const HAND_OVER_FLUSH_MS = 2_000;

/** Ties the shards of this process to what it detects and writes. */
async function keepShards(
  { shards, store, clock }: AppParts,
  pipeline: Pipeline,
  writer: StoreWriter,
  signal: AbortSignal,
): Promise<void> {
  const hooks: ShardHooks = {
    taken: async (shard, token) => {
      await store.fences?.raise(shard, token, clock.nowMs());
    },
    lost: () => pipeline.release(),
    flush: async () => {
      await writer.flush(HAND_OVER_FLUSH_MS);
    },
  };
  await shards?.run(hooks, signal);
}

function createBatchWriter({ config, clock, telemetry, store, random }: AppParts): StoreWriter {
  return createStoreWriter(store, {
    maxQueuedCount: config.storeQueueCount,
    batchCount: WRITE_BATCH_COUNT,
    intervalMs: WRITE_INTERVAL_MS,
    clock,
    tracer: telemetry.tracer,
    logger: telemetry.logger,
    random,
  });
}

/** What the pipeline needs for cycles; nothing when only pairs are wanted. */
export function toCycleOptions(
  { maxLegs }: Config,
  createKernel: CreateCycleKernel | undefined,
): Pick<PipelineOptions, 'cycles'> {
  return maxLegs > 2 && createKernel !== undefined ? { cycles: { createKernel, maxLegs } } : {};
}

/** Own terms, and how the volatility of transfers is measured. */
export function toAccountOptions({ terms, transfer }: Config): AccountOptions {
  const { volatilityBps: fixedBps, volatilityIntervalMs: intervalMs } = transfer;
  return { terms, volatility: { fixedBps, intervalMs } };
}

export function toDetectionSettings(config: Config): DetectionSettings {
  return {
    openEdgeBps: config.openEdgeBps,
    closeEdgeBps: config.closeEdgeBps,
    maxNotionalInQuote: config.maxNotionalInQuote,
    maxSizeInBase: Number.POSITIVE_INFINITY,
    fixedCostInQuote: config.fixedCostInQuote,
    maxAgeMs: config.maxAgeMs,
    maxFutureMs: config.maxFutureMs,
    maxSkewMs: config.maxSkewMs,
    priceBandBps: config.priceBandBps,
    takerBps: config.takerBps,
    modeRule: config.transfer.rule,
    riskAversion: config.transfer.riskAversion,
    assumedTransferMs: config.transfer.assumedTransferMs,
  };
}

export function toBasisSettings(config: Config): BasisSettings {
  return {
    notionalInQuote: config.basisNotionalInQuote,
    horizonDays: config.basisHorizonDays,
    maxFundingAgeMs: config.maxFundingAgeMs,
    maxFutureMs: config.maxFutureMs,
    maxSkewMs: config.maxSkewMs,
  };
}

async function pruneRegularly(parts: AppParts, signal: AbortSignal): Promise<void> {
  const { config, clock, store, telemetry } = parts;
  if (config.retentionDays === Number.POSITIVE_INFINITY) return;
  while (!signal.aborted) {
    try {
      const deletedCount = await store.prune(clock.nowMs() - config.retentionDays * DAY_MS);
      if (deletedCount > 0)
        telemetry.logger.info('deleted what is past its retention', { deletedCount });
    } catch (error) {
      telemetry.logger.warn('retention failed; it is tried again later', {
        'error.message': toErrorMessage(error),
      });
    }
    await clock.sleep(PRUNE_INTERVAL_MS, signal).catch(() => undefined);
  }
}
