/** The whole service over the synthetic market, on a free port: what the page and the streams are tested against. */

import { toAccountOptions, toDetectionSettings } from '../../src/app.ts';
import { createMemoryCache } from '../../src/cache/drivers/memory.ts';
import { buildWebAssets } from '../../src/cli/build-web.ts';
import { parseConfig } from '../../src/config.ts';
import { createSpreadBook } from '../../src/detect/life/spread-book.ts';
import { systemClock } from '../../src/domain/clock.ts';
import type { MarketDataSource } from '../../src/domain/market.ts';
import { toSyntheticShape } from '../../src/feed/drivers/synthetic/market-plan.ts';
import { createSyntheticFeed } from '../../src/feed/drivers/synthetic/synthetic-feed.ts';
import { createHttpApp } from '../../src/http/app.ts';
import type { HttpServices } from '../../src/http/services.ts';
import { createReferenceCycleKernel } from '../../src/kernel/cycles/reference-cycle-kernel.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import type { OpportunityStore } from '../../src/store/store.ts';
import { createTelemetry } from '../../src/telemetry/create-telemetry.ts';
import { traceFetch } from '../../src/telemetry/http-server.ts';
import { createWebPages } from '../../src/web/pages.ts';
import { createMemoryStore } from './memory-store.ts';

export interface LiveApp {
  readonly url: string;
  readonly services: HttpServices;
  close(): Promise<void>;
}

export interface LiveAppOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What the market is said to be, for the page's banner. */
  readonly source?: MarketDataSource;
  readonly port?: number;
}

/** Starts it; opportunities appear within a second or two. */
export async function startLiveApp(options: LiveAppOptions = {}): Promise<LiveApp> {
  const config = parseConfig({ MAX_AGE_MS: '10000', ...options.env });
  const clock = systemClock;
  const stop = new AbortController();
  const store: OpportunityStore = createMemoryStore();
  const telemetry = createTelemetry({
    serviceName: 'test',
    // Every trace, whatever it costs on this machine.
    env: {
      OTEL_TRACES_EXPORTER: 'none',
      TELEMETRY_RECENT_TRACES: '300',
      TELEMETRY_BUDGET_RATIO: '1',
    },
    log: { level: 'error' },
  });
  const feed = createSyntheticFeed({ ...toSyntheticShape(config, clock.nowMs()), clock });
  const pipeline = createPipeline({
    feed,
    createKernel: createReferenceKernel,
    cycles: { createKernel: createReferenceCycleKernel, maxLegs: 4 },
    maxSymbolsCount: config.maxSymbolsCount,
    maxExchangesCount: config.maxExchangesCount,
    bookLevelsCount: config.bookLevelsCount,
    settings: toDetectionSettings(config),
    ...toAccountOptions(config),
    roundIntervalMs: config.roundIntervalMs,
    clock,
    telemetry,
    onEvents: (events) => void store.write(events.map(({ opportunity }) => opportunity)),
  });
  const services: HttpServices = {
    version: '0.1.0',
    startedAtMs: clock.nowMs(),
    config,
    clock,
    telemetry,
    kernel: { kind: 'reference', version: '1' },
    feed: {
      source: options.source ?? feed.source,
      exchanges: () => feed.exchanges(),
      fetchBook: (exchange, symbol, levelsCount, signal) =>
        feed.fetchBook(exchange, symbol, levelsCount, signal),
    },
    pipeline,
    store,
    spreads: createSpreadBook({ windowCount: 10, maxPairsCount: 1_000 }),
    storeWriter: {
      stats: () => ({ queuedCount: 0, writtenCount: 0, droppedCount: 0, lastError: null }),
    },
    cache: createMemoryCache({ maxEntriesCount: 100, clock }),
    web: createWebPages(await buildWebAssets()),
    createRequestId: () => crypto.randomUUID(),
    shutdown: stop.signal,
  };
  const running = pipeline.run(stop.signal);
  const app = createHttpApp(services);
  const server = Bun.serve({
    port: options.port ?? 0,
    fetch: traceFetch(telemetry, (request: Request) => app.fetch(request)),
    idleTimeout: 0,
  });
  return {
    url: server.url.origin,
    services,
    close: async () => {
      stop.abort();
      await Promise.all([running, server.stop(true), feed.close()]);
      await telemetry.shutdown();
    },
  };
}

if (import.meta.main) {
  const { url } = await startLiveApp({ port: Number(process.env['PORT'] ?? '8799') });
  process.stdout.write(`${url}\n`);
}
