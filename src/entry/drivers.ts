/** Opens the drivers that a configuration asks for: the one place that knows them all. Each is loaded when it is used. */

import type { TextMapPropagator, Tracer } from '@opentelemetry/api';
import type { Cache } from '../cache/cache.ts';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import type { Feed } from '../feed/feed.ts';
import type { ShardFilter } from '../feed/shard-filter.ts';
import type { CycleGraph, CycleKernel } from '../kernel/cycles/cycle-kernel.ts';
import { createWasmCycleKernel } from '../kernel/cycles/wasm-cycle-kernel.ts';
import type { KernelCapacity, MarketKernel } from '../kernel/kernel.ts';
import { loadKernelModule } from '../kernel/load-file.ts';
import { createWasmKernel } from '../kernel/wasm.ts';
import type { LeaseStore } from '../lease/lease.ts';
import type { OpportunityStore } from '../store/store.ts';
import type { Logger, Telemetry } from '../telemetry/telemetry.ts';

export interface DriverContext {
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly logger: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Carries a trace to services of one's own. */
  readonly propagator: TextMapPropagator;
  /** Carries the active trace to the hosts that may see it, and to no others. */
  readonly fetch: Telemetry['fetch'];
}

/** What drivers get of the telemetry layer, beside the clock. */
export function toDriverContext(telemetry: Telemetry, clock: Clock): DriverContext {
  const { tracer, logger, propagator, fetch } = telemetry;
  return { clock, tracer, logger, propagator, fetch, random: Math.random };
}

/** Compiles the kernel's module once and gives the function that makes kernels of it. */
export async function loadKernelFactory(): Promise<(capacity: KernelCapacity) => MarketKernel> {
  const module = await loadKernelModule();
  return (capacity) => createWasmKernel(module, capacity);
}

/** As `loadKernelFactory`, of kernels that look for cycles. */
export async function loadCycleKernelFactory(): Promise<(graph: CycleGraph) => CycleKernel> {
  const module = await loadKernelModule();
  return (graph) => createWasmCycleKernel(module, graph);
}

/** The embedded database, or Neon when `DATABASE_URL` is set. Migrations are not applied. */
export async function openStore(config: Config, tracer: Tracer): Promise<OpportunityStore> {
  if (config.databaseUrl === null) {
    const { createPgliteStore } = await import('../store/drivers/pglite.ts');
    return createPgliteStore({ dataDir: config.dataDir, tracer });
  }
  const { createNeonStore } = await import('../store/drivers/neon.ts');
  return createNeonStore({ connectionString: config.databaseUrl, tracer });
}

/** Memory, or Upstash when its URL and token are set. */
export async function openCache(config: Config, context: DriverContext): Promise<Cache> {
  if (config.upstash === null) {
    const { createMemoryCache } = await import('../cache/drivers/memory.ts');
    return createMemoryCache({ maxEntriesCount: config.cacheMaxEntries, clock: context.clock });
  }
  const { createUpstashCache } = await import('../cache/drivers/upstash.ts');
  const { toCacheEndpoint, withCacheTelemetry } = await import('../cache/cache-telemetry.ts');
  const cache = createUpstashCache(config.upstash);
  return withCacheTelemetry(cache, toCacheEndpoint(config.upstash.url), context.tracer);
}

/** Leases of processes that share the work; null where this one does everything. */
export async function openLeases({ shards, upstash }: Config): Promise<LeaseStore | null> {
  if (shards === null) return null;
  // A command that takes longer comes too late for the next one.
  const timeoutMs = shards.leaseMs / 4;
  if (shards.redisUrl !== null) {
    const { createRedisServerLeases } = await import('../lease/drivers/redis.ts');
    return createRedisServerLeases({ url: shards.redisUrl, timeoutMs });
  }
  if (upstash === null) throw new Error('BUG: shards without Redis');
  const { createUpstashLeases } = await import('../lease/drivers/upstash.ts');
  return createUpstashLeases({ ...upstash, timeoutMs });
}

/**
 * Live exchanges through ccxt, a market service, what feeders push, or the synthetic market.
 *
 * @param shards - the parts of the symbols that are wanted; null: all.
 */
export async function openFeed(
  config: Config,
  context: DriverContext,
  shards: ShardFilter | null = null,
): Promise<Feed> {
  if (config.feed === 'synthetic') {
    const { createSyntheticFeed } = await import('../feed/drivers/synthetic/synthetic-feed.ts');
    const { toSyntheticShape } = await import('../feed/drivers/synthetic/market-plan.ts');
    const nowMs = context.clock.nowMs();
    return createSyntheticFeed({ ...toSyntheticShape(config, nowMs), clock: context.clock });
  }
  if (config.feed === 'ingest') {
    const { createIngestFeed } = await import('../feed/drivers/ingest/ingest-feed.ts');
    return createIngestFeed({
      clock: context.clock,
      source: config.ingestSource,
      bookLevelsCount: config.bookLevelsCount,
      stallMs: config.exchangeStallMs,
    });
  }
  if (config.feed === 'remote') return openRemoteFeed(config, context, shards);
  const { createCcxtFeed } = await import('../feed/drivers/ccxt/ccxt-feed.ts');
  const { toCcxtSettings } = await import('../feed/drivers/ccxt/configured.ts');
  return createCcxtFeed({
    ...toCcxtSettings(config),
    kernelModule: await loadKernelModule(),
    ...context,
  });
}

async function openRemoteFeed(
  { market }: Config,
  context: DriverContext,
  shards: ShardFilter | null,
): Promise<Feed> {
  if (market === null || market.url === null) throw new Error('BUG: no market service');
  const { createRemoteFeed } = await import('../feed/drivers/remote/remote-feed.ts');
  const { url, token } = market;
  return createRemoteFeed({ url, token, ...context, ...(shards === null ? {} : { shards }) });
}
