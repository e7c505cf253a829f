/**
 * The engine at one scale, as a process of its own: a synthetic market at a given rate through the whole pipeline with
 * tracing at its default budget, for some seconds. Prints what it cost as a line of JSON. `--feed-only` consumes the
 * market without an engine: what making it costs, which is not the engine's.
 *
 *     bun bench/scale/engine-load.ts SYMBOLS EXCHANGES UPDATES_PER_SECOND SECONDS [--feed-only]
 *
 * Runs on Bun, and on Deno, whose engine is that of Workers: `deno run -A --v8-flags=--expose-gc …`.
 */

import process from 'node:process';
import { systemClock } from '../../src/domain/clock.ts';
import { createSyntheticFeed } from '../../src/feed/drivers/synthetic/synthetic-feed.ts';
import type { Feed } from '../../src/feed/feed.ts';
import { loadKernelModule } from '../../src/kernel/load-file.ts';
import { createWasmKernel } from '../../src/kernel/wasm.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import { createTelemetry } from '../../src/telemetry/create-telemetry.ts';

const ROUND_INTERVAL_MS = 50;
const WARM_UP_MS = 2_000;
const BOOK_LEVELS_COUNT = 20;

const SETTINGS = {
  openEdgeBps: 2,
  closeEdgeBps: 0.5,
  maxNotionalInQuote: 10_000,
  maxSizeInBase: Number.POSITIVE_INFINITY,
  maxAgeMs: 5_000,
  maxFutureMs: 1_000,
  maxSkewMs: 3_000,
  priceBandBps: 1_000,
  takerBps: null,
} as const;

export interface EngineLoad {
  readonly cpuMsPerSecond: number;
  /** That the engine took, after conflation. */
  readonly updatesPerSecond: number;
  readonly opportunitiesPerSecond: number;
  readonly marketsCount: number;
  /** Heap and what lies beside it, after a collection. */
  readonly memoryBytes: number;
}

interface Counts {
  updates: number;
  opened: number;
}

/** `feed`, its updates counted as they are taken. */
function counted(feed: Feed, counts: Counts): Feed {
  return {
    source: feed.source,
    loadMarkets: (signal) => feed.loadMarkets(signal),
    onMarkets: (listener) => feed.onMarkets(listener),
    fetchBook: (...request) => feed.fetchBook(...request),
    exchanges: () => feed.exchanges(),
    close: () => feed.close(),
    async *batches(signal) {
      for await (const batch of feed.batches(signal)) {
        counts.updates += batch.quotes.length + batch.books.length;
        yield batch;
      }
    },
  };
}

async function consume(feed: Feed, signal: AbortSignal): Promise<void> {
  const { markets } = await feed.loadMarkets(signal);
  let seen = markets.length;
  for await (const { quotes, books } of feed.batches(signal)) seen += quotes.length + books.length;
  if (seen === 0) throw new Error('the market was silent');
}

async function detect(
  feed: Feed,
  counts: Counts,
  limits: { readonly symbolsCount: number; readonly exchangesCount: number },
  signal: AbortSignal,
): Promise<void> {
  const kernelModule = await loadKernelModule();
  const telemetry = createTelemetry({
    serviceName: 'spreadscope-scale',
    serviceVersion: '0',
    env: {
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    },
    log: { level: 'error', write: (line) => process.stderr.write(`${line}\n`) },
  });
  const pipeline = createPipeline({
    feed,
    createKernel: (capacity) => createWasmKernel(kernelModule, capacity),
    maxSymbolsCount: limits.symbolsCount,
    maxExchangesCount: limits.exchangesCount,
    bookLevelsCount: BOOK_LEVELS_COUNT,
    settings: SETTINGS,
    roundIntervalMs: ROUND_INTERVAL_MS,
    clock: systemClock,
    telemetry,
    onEvents: (events) => {
      for (const { type } of events) if (type === 'opened') counts.opened += 1;
    },
  });
  await pipeline.run(signal);
  await telemetry.shutdown();
}

/** With `--expose-gc`, without garbage. */
function usedBytes(): number {
  const { gc } = globalThis as { readonly gc?: () => void };
  gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function main([symbols, exchanges, rate, seconds, flag]: readonly string[]): Promise<void> {
  const limits = { symbolsCount: Number(symbols), exchangesCount: Number(exchanges) };
  const durationMs = Number(seconds) * 1_000;
  const counts: Counts = { updates: 0, opened: 0 };
  const shape = { seed: 1, ...limits, updatesPerSecond: Number(rate) };
  const feed = counted(createSyntheticFeed({ ...shape, clock: systemClock }), counts);
  const { markets } = await feed.loadMarkets(new AbortController().signal);
  const stop = new AbortController();
  const running =
    flag === '--feed-only' ? consume(feed, stop.signal) : detect(feed, counts, limits, stop.signal);
  await systemClock.sleep(WARM_UP_MS);
  const before = { ...counts };
  const cpu = process.cpuUsage();
  await systemClock.sleep(durationMs);
  const { user, system } = process.cpuUsage(cpu);
  const load: EngineLoad = {
    cpuMsPerSecond: (user + system) / 1_000 / Number(seconds),
    updatesPerSecond: (counts.updates - before.updates) / Number(seconds),
    opportunitiesPerSecond: (counts.opened - before.opened) / Number(seconds),
    marketsCount: markets.length,
    memoryBytes: usedBytes(),
  };
  stop.abort();
  await running.catch(() => undefined);
  await feed.close();
  process.stdout.write(`${JSON.stringify(load)}\n`);
  process.exit(0);
}

await main(process.argv.slice(2));
