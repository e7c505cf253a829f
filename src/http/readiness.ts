/** Whether each part does its work. A part that fails without stopping detection is degraded, not failed. */

import type { TelemetryHealth } from '../telemetry/telemetry.ts';
import type { Readiness } from './schemas/status.ts';
import type { HttpServices } from './services.ts';

/** Longest wait for a database or a cache to answer, milliseconds. */
const PING_TIMEOUT_MS = 2_000;

type Components = Readiness['components'];

/** Never rejects. */
export async function checkReadiness(services: HttpServices): Promise<Readiness> {
  const [store, cache] = await Promise.all([checkStore(services), checkCache(services)]);
  const components = {
    kernel: checkKernel(services),
    feed: checkFeed(services),
    store,
    cache,
    exporter: checkExporter(services),
    ...checkShards(services),
  };
  const hasFailed = Object.values(components).some((component) => component?.state === 'failed');
  return {
    ready: !hasFailed && !services.shutdown.aborted,
    atMs: services.clock.nowMs(),
    components,
  };
}

function checkKernel({ kernel, pipeline }: HttpServices): Components['kernel'] {
  const { state, roundsCount, lastRoundAtMs } = pipeline.status();
  const base = { ...kernel, pipeline: state, roundsCount, lastRoundAtMs };
  if (state === 'running') return { ...base, state: 'ok', detail: null };
  return { ...base, state: 'failed', detail: `Detection has the state ${state}.` };
}

function checkFeed({ feed }: HttpServices): Components['feed'] {
  const exchanges = feed.exchanges();
  const liveCount = exchanges.filter(
    ({ state }) => state === 'live' || state === 'degraded',
  ).length;
  const base = {
    source: feed.source,
    exchangesCount: exchanges.length,
    liveExchangesCount: liveCount,
  };
  if (liveCount < 2) {
    return { ...base, state: 'failed', detail: 'Fewer than two exchanges deliver.' };
  }
  const lacking = exchanges.filter(({ state }) => state !== 'live').map(({ exchange }) => exchange);
  if (lacking.length === 0) return { ...base, state: 'ok', detail: null };
  return { ...base, state: 'degraded', detail: `Not fully live: ${lacking.join(', ')}.` };
}

async function checkStore(services: HttpServices): Promise<Components['store']> {
  const { queuedCount, writtenCount, droppedCount, lastError } = services.storeWriter.stats();
  const base = { driver: services.store.driver, queuedCount, writtenCount, droppedCount };
  if (!(await answers(services, () => services.store.ping()))) {
    return { ...base, state: 'failed', detail: 'The database does not answer.' };
  }
  if (lastError === null) return { ...base, state: 'ok', detail: null };
  return { ...base, state: 'degraded', detail: 'The last write failed; it is tried again.' };
}

async function checkCache(services: HttpServices): Promise<Components['cache']> {
  const { driver } = services.cache;
  if (await answers(services, () => services.cache.ping())) {
    return { driver, state: 'ok', detail: null };
  }
  return { driver, state: 'degraded', detail: 'The cache does not answer; every read is a miss.' };
}

function checkExporter({ telemetry }: HttpServices): Components['exporter'] {
  const health = telemetry.health();
  const { exporter, state } = health;
  const base = { exporter, ...toSpanCounts(health), ...toSampling(health) };
  if (state === 'off') return { ...base, state, detail: null };
  if (state === 'unreachable') {
    return { ...base, state: 'degraded', detail: 'The last export failed.' };
  }
  return { ...base, state: 'ok', detail: null };
}

function checkShards({ shards }: HttpServices): Pick<Components, 'shards'> {
  if (shards === undefined) return {};
  const { error, ...status } = shards.status();
  const owned = [...status.owned];
  if (error !== null) {
    return { shards: { ...status, owned, state: 'degraded', detail: error } };
  }
  const isWhole = status.unownedCount === 0;
  const detail = isWhole ? null : `${status.unownedCount} shards have no owner yet.`;
  return { shards: { ...status, owned, state: isWhole ? 'ok' : 'degraded', detail } };
}

function toSpanCounts(health: TelemetryHealth) {
  const { startedCount, exportedCount, rejectedCount, droppedCounts, queuedCount } = health;
  const droppedCount = Object.values(droppedCounts).reduce((sum, dropped) => sum + dropped, 0);
  // The wire holds some beside the queue.
  const queueFillRatio = Math.min(1, queuedCount / health.queueCapacity);
  return {
    startedCount,
    exportedCount,
    rejectedCount,
    droppedCount,
    droppedCounts: { ...droppedCounts },
    queuedCount,
    queueFillRatio,
  };
}

function toSampling({ sampling }: TelemetryHealth) {
  if (sampling === null) return { sampling, budgetUsedRatio: null, budgetRatio: null };
  const { sampler, decisions, governor } = sampling;
  const governedShareRatio = governor === null ? null : governor.isOff ? 0 : governor.shareRatio;
  return {
    sampling: {
      sampler,
      sampledCount: decisions.sampledCount,
      notSampledCount: decisions.droppedCount + decisions.recordedCount,
      governedShareRatio,
    },
    budgetUsedRatio: governor?.usedRatio ?? null,
    budgetRatio: governor?.budgetRatio ?? null,
  };
}

async function answers({ clock }: HttpServices, ping: () => Promise<void>): Promise<boolean> {
  const done = new AbortController();
  const timeout = clock.sleep(PING_TIMEOUT_MS, done.signal).then(
    () => false,
    () => false,
  );
  const answered = Promise.resolve()
    .then(ping)
    .then(
      () => true,
      () => false,
    );
  const result = await Promise.race([answered, timeout]);
  done.abort();
  return result;
}
