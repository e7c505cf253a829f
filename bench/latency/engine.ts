/** The whole engine: conflation, rounds, pairs and cycles at depth, lives, pegs, hub; every span recorded and exported. */

import { systemClock } from '../../src/domain/clock.ts';
import { createConflatingQueue } from '../../src/feed/conflation.ts';
import type { ExchangeStatus, Feed } from '../../src/feed/feed.ts';
import { createWasmCycleKernel } from '../../src/kernel/cycles/wasm-cycle-kernel.ts';
import { loadKernelModule } from '../../src/kernel/load-file.ts';
import { createWasmKernel } from '../../src/kernel/wasm.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import { createTelemetry } from '../../src/telemetry/create-telemetry.ts';
import { loadOtlpModule } from '../../src/telemetry/lean/load-file.ts';
import type { LatencySystem, OnSpread } from './systems.ts';
import {
  type BookMessage,
  createMarkets,
  EXCHANGES_COUNT,
  exchangeOf,
  LEVELS_COUNT,
  SYMBOLS,
} from './workload.ts';

const MAX_LEGS = 4;

const SETTINGS = {
  openEdgeBps: 1,
  closeEdgeBps: 0,
  maxNotionalInQuote: 10_000,
  maxSizeInBase: Number.POSITIVE_INFINITY,
  maxAgeMs: 10_000,
  maxFutureMs: 1_000,
  maxSkewMs: Number.POSITIVE_INFINITY,
  priceBandBps: 1_000,
  takerBps: null,
} as const;

type Queue = ReturnType<typeof createConflatingQueue>;

function createFeed(queue: Queue): Feed {
  const markets = createMarkets();
  const statuses = Array.from({ length: EXCHANGES_COUNT }, (_, index) => exchangeOf(index));
  return {
    source: 'synthetic',
    loadMarkets: async () => ({ markets, omitted: [], maxLevelsCount: LEVELS_COUNT }),
    onMarkets: () => () => undefined,
    batches: (signal) => queue.batches(signal),
    fetchBook: async () => {
      throw new Error('BUG: books stream here');
    },
    exchanges: () => statuses.map((exchange) => toStatus(exchange, queue)),
    close: async () => queue.close(),
  };
}

function toStatus(exchange: string, queue: Queue): ExchangeStatus {
  return {
    exchange,
    state: 'live',
    transport: 'websocket',
    reason: null,
    marketsCount: SYMBOLS.length,
    updatesCount: 0,
    skippedCount: queue.skippedCount(exchange),
    failuresCount: 0,
    lastUpdateAtMs: systemClock.nowMs(),
    roundTripMs: 1,
    clockOffsetMs: 0.5,
    retryAtMs: null,
  };
}

export async function createEngineSystem(
  otlpUrl: string,
  onSpread: OnSpread,
): Promise<LatencySystem> {
  const telemetry = createTelemetry({
    serviceName: 'spreadscope-bench',
    serviceVersion: '0',
    otlpModule: await loadOtlpModule(),
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl, OTEL_TRACES_SAMPLER: 'always_on' },
    log: { level: 'error', write: (line) => process.stderr.write(`${line}\n`) },
  });
  const kernelModule = await loadKernelModule();
  const queue = createConflatingQueue(systemClock);
  const pipeline = createPipeline({
    feed: createFeed(queue),
    createKernel: (capacity) => createWasmKernel(kernelModule, capacity),
    cycles: {
      createKernel: (graph) => createWasmCycleKernel(kernelModule, graph),
      maxLegs: MAX_LEGS,
    },
    maxSymbolsCount: SYMBOLS.length,
    maxExchangesCount: EXCHANGES_COUNT,
    bookLevelsCount: LEVELS_COUNT,
    settings: SETTINGS,
    pegs: { pegs: [{ asset: 'BTC', reference: 'USDT' }], depegBps: Number.POSITIVE_INFINITY },
    roundIntervalMs: 0,
    clock: systemClock,
    telemetry,
    onEvents: () => undefined,
  });
  const stop = new AbortController();
  const listen = async () => {
    for await (const { event } of pipeline.hub.subscribe({ signal: stop.signal })) {
      if (event.type === 'opened') onSpread(event.opportunity.symbol);
    }
  };
  const listening = listen();
  const running = pipeline.run(stop.signal);
  return {
    name: 'whole engine, every span exported',
    role: 'ours',
    deliver: (text) => {
      const message: BookMessage = JSON.parse(text);
      queue.pushBook({ ...message, exchangeTimeMs: null, receivedAtMs: systemClock.nowMs() });
    },
    spans: () => {
      const { exportedCount, startedCount } = telemetry.health();
      return { exportedCount, startedCount };
    },
    close: async () => {
      stop.abort();
      await Promise.all([listening, running]);
      await telemetry.shutdown();
    },
  };
}
