/**
 * Message received to opportunity on the stream, with the whole engine and tracing on: `bun bench/latency/run.ts`.
 * Prints p50 and p99 and exits with 1 when p99 is above its budget. Percentiles do not fit the runner's medians.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/domain/clock.ts';
import type { Market } from '../../src/domain/market.ts';
import { type ConflatingQueue, createConflatingQueue } from '../../src/feed/conflation.ts';
import type { Feed } from '../../src/feed/feed.ts';
import { loadKernelModule } from '../../src/kernel/load-file.ts';
import { createWasmKernel } from '../../src/kernel/wasm.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import { createTelemetry } from '../../src/telemetry/create-telemetry.ts';
import { loadOtlpModule } from '../../src/telemetry/lean/load-file.ts';

const EXCHANGES_COUNT = 8;
const SYMBOLS_COUNT = 200;
const MESSAGES_PER_MS = 20;
const DURATION_MS = 3_000;
/** Compilers settle first, milliseconds. */
const WARM_UP_MS = 1_000;
/** One message in this many opens a spread; the one half as many later closes it. */
const SPREAD_EVERY_COUNT = 100;
const MAX_P99_MS = 2;

const symbolOf = (index: number) => `S${index}/USDT`;
const exchangeOf = (index: number) => `exchange${index}`;

function createMarkets(): readonly Market[] {
  return Array.from({ length: SYMBOLS_COUNT * EXCHANGES_COUNT }, (_, index): Market => {
    const symbol = symbolOf(Math.floor(index / EXCHANGES_COUNT));
    return {
      exchange: exchangeOf(index % EXCHANGES_COUNT),
      symbol,
      base: symbol.slice(0, symbol.indexOf('/')),
      quote: 'USDT',
      takerBps: 10,
      makerBps: 10,
      priceStep: null,
      sizeStep: null,
      minSizeInBase: null,
      maxSizeInBase: null,
      minCostInQuote: null,
      isActive: true,
    };
  });
}

function createFeed(queue: ConflatingQueue): Feed {
  const markets = createMarkets();
  return {
    source: 'synthetic',
    loadMarkets: async () => ({ markets, omitted: [], maxLevelsCount: 5 }),
    onMarkets: () => () => undefined,
    batches: (signal) => queue.batches(signal),
    fetchBook: async () => {
      throw new Error('BUG: books stream here');
    },
    exchanges: () => [],
    close: async () => queue.close(),
  };
}

/** The text of a book message; a raised one can be sold into above every other ask. */
function createMessage(symbolIndex: number, exchangeIndex: number, isRaised: boolean): string {
  const middle = isRaised ? 101 : 100;
  const level = (index: number, direction: number) => [
    middle + direction * (0.05 + index * 0.01 + exchangeIndex * 0.001),
    1 + index,
  ];
  const side = (direction: number) =>
    Array.from({ length: 5 }, (_, index) => level(index, direction));
  return JSON.stringify({
    symbol: symbolOf(symbolIndex),
    exchange: exchangeOf(exchangeIndex),
    bids: side(-1),
    asks: side(1),
  });
}

async function openSink(): Promise<{ readonly url: string; close(): void }> {
  const script = fileURLToPath(new URL('./sink.ts', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data');
  return { url: `http://127.0.0.1:${String(port).trim()}`, close: () => child.stdin.end() };
}

/** Sends messages at the rate, late ones at once; notes when a spread's message came. */
async function send(queue: ConflatingQueue, sentAtMs: Map<string, number>): Promise<number> {
  const startMs = performance.now();
  let count = 0;
  for (;;) {
    const elapsedMs = performance.now() - startMs;
    if (elapsedMs >= WARM_UP_MS + DURATION_MS) return count;
    for (const due = Math.floor(elapsedMs * MESSAGES_PER_MS); count < due; count += 1) {
      const round = Math.floor(count / SPREAD_EVERY_COUNT);
      const place = count % SPREAD_EVERY_COUNT;
      const isEdge = place === 0 || place === SPREAD_EVERY_COUNT / 2;
      const symbolIndex = isEdge ? round % SYMBOLS_COUNT : (count * 7) % SYMBOLS_COUNT;
      const exchangeIndex = isEdge ? 0 : 1 + (count % (EXCHANGES_COUNT - 1));
      const text = createMessage(symbolIndex, exchangeIndex, place === 0);
      const receivedMs = performance.now();
      if (place === 0 && elapsedMs >= WARM_UP_MS) sentAtMs.set(symbolOf(symbolIndex), receivedMs);
      const nowMs = systemClock.nowMs();
      queue.pushBook({ ...JSON.parse(text), exchangeTimeMs: null, receivedAtMs: nowMs });
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

async function measure(otlpUrl: string) {
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
    maxSymbolsCount: SYMBOLS_COUNT,
    maxExchangesCount: EXCHANGES_COUNT,
    bookLevelsCount: 5,
    settings: {
      openEdgeBps: 1,
      closeEdgeBps: 0,
      maxNotionalInQuote: Number.POSITIVE_INFINITY,
      maxSizeInBase: Number.POSITIVE_INFINITY,
      maxAgeMs: 10_000,
      maxFutureMs: 1_000,
      maxSkewMs: Number.POSITIVE_INFINITY,
      priceBandBps: 1_000,
      takerBps: null,
    },
    roundIntervalMs: 0,
    clock: systemClock,
    telemetry,
    onEvents: () => undefined,
  });
  const stop = new AbortController();
  const sentAtMs = new Map<string, number>();
  const latenciesMs: number[] = [];
  const listen = async () => {
    for await (const { event } of pipeline.hub.subscribe({ signal: stop.signal })) {
      const { symbol } = event.opportunity;
      const sentMs = sentAtMs.get(symbol);
      if (event.type !== 'opened' || sentMs === undefined) continue;
      sentAtMs.delete(symbol);
      latenciesMs.push(performance.now() - sentMs);
    }
  };
  const listening = listen();
  const running = pipeline.run(stop.signal);
  const messagesCount = await send(queue, sentAtMs);
  stop.abort();
  await Promise.all([listening, running]);
  await telemetry.shutdown();
  const { roundsCount } = pipeline.status();
  return { latenciesMs, messagesCount, roundsCount, health: telemetry.health() };
}

/** The same messages to a consumer that does nothing: what the timers and the machine allow. */
async function measureFloor(): Promise<readonly number[]> {
  const queue = createConflatingQueue(systemClock);
  const stop = new AbortController();
  const sentAtMs = new Map<string, number>();
  const latenciesMs: number[] = [];
  const listen = async () => {
    for await (const { books } of queue.batches(stop.signal)) {
      for (const { symbol } of books) {
        const sentMs = sentAtMs.get(symbol);
        if (sentMs === undefined) continue;
        sentAtMs.delete(symbol);
        latenciesMs.push(performance.now() - sentMs);
      }
    }
  };
  const listening = listen();
  await send(queue, sentAtMs);
  stop.abort();
  await listening;
  return latenciesMs;
}

const sink = await openSink();
const floorMs = await measureFloor();
const { latenciesMs, messagesCount, roundsCount, health } = await measure(sink.url);
sink.close();

function describe(latencies: readonly number[]): string {
  return [0.5, 0.99, 1]
    .map((share) => `p${share * 100} ${at(latencies, share).toFixed(3)} ms`)
    .join(', ');
}

function at(latencies: readonly number[], share: number): number {
  return (
    latencies.toSorted((a, b) => a - b)[Math.floor((latencies.length - 1) * share)] ?? Number.NaN
  );
}

process.stdout.write(
  `${messagesCount} messages at ${MESSAGES_PER_MS * 1_000}/s, ${roundsCount} rounds, ${latenciesMs.length} opportunities\n` +
    `message to a consumer that does nothing: ${describe(floorMs)}\n` +
    `message to opportunity on the stream:    ${describe(latenciesMs)}\n` +
    `spans: ${health.exportedCount} of ${health.startedCount} exported\n`,
);
process.exitCode = at(latenciesMs, 0.99) <= MAX_P99_MS ? 0 : 1;
