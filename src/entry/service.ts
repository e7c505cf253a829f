/** The service as one process, on Bun and on Deno: brings it up step by step, says so, and takes it down in order. */

import manifest from '../../package.json' with { type: 'json' };
import { type App, createApp } from '../app.ts';
import { type Config, type Environment, parseConfig } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { SpreadscopeError, toErrorMessage } from '../domain/errors.ts';
import { EXPECTED_ABI_VERSION } from '../kernel/abi.ts';
import { createShardKeeper, type ShardKeeper } from '../lease/shard-keeper.ts';
import { createMarketApp } from '../market-app.ts';
import { createTelemetry } from '../telemetry/create-telemetry.ts';
import { loadOtlpModule } from '../telemetry/lean/load-file.ts';
import { createSdkTracing } from '../telemetry/sdk-tracing.ts';
import type { Telemetry, TelemetryHealth } from '../telemetry/telemetry.ts';
import { loadTlsFetch } from '../telemetry/tls/load-file.ts';
import { loadWebAssets } from '../web/load-file.ts';
import { createWebPages } from '../web/pages.ts';
import {
  loadCycleKernelFactory,
  loadKernelFactory,
  openCache,
  openFeed,
  openLeases,
  openStore,
  toDriverContext,
} from './drivers.ts';
import { withTerms } from './load-terms.ts';

/** An app, as a runtime's server sees it. */
export interface ServedApp {
  fetch(request: Request): Promise<Response> | Response;
}

export interface ServeOptions {
  readonly hostname: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface HttpServer {
  /** Where it can be reached, without a slash at the end. */
  readonly url: string;
  /** Lets running requests finish; `isForced` cuts them. */
  stop(isForced?: boolean): Promise<void>;
}

/** What a runtime brings: its server, and what the process may say and hear. */
export interface ServiceHost {
  /** @throws {Error} with code `EADDRINUSE` when the port is taken. */
  serve(app: ServedApp, options: ServeOptions): HttpServer;
  /** Progress, warnings and errors. */
  note(line: string): void;
  readonly isTerminal: boolean;
  /** Aborts when the service is to stop. */
  readonly interrupted: AbortSignal;
}

/**
 * Runs until interrupted.
 *
 * @throws {SpreadscopeError} `config_invalid`; what a driver throws while it opens; what the feed throws.
 */
export async function runService(
  environment: Environment,
  processHost: ServiceHost,
): Promise<void> {
  const env = await withTerms(environment);
  const config = parseConfig(env);
  const format = toLogFormat(config, processHost);
  // JSON logs are for machines: nothing else is mixed into them.
  const host = { ...processHost, isTerminal: format === 'text' };
  const telemetry = await createServiceTelemetry(config, env, format, host);
  const app = await (config.role === 'market' ? openMarketApp : openApp)(config, telemetry, host);
  const server = listen(app, config, host);
  announce(server.url, config, host);
  telemetry.logger.info('listening', {
    ...{ url: server.url, source: sourceOf(config), role: config.role },
  });
  const running = app.run();
  const failure = await firstOf(running, host.interrupted);
  if (host.isTerminal) host.note('stopping …');
  await stop(app, server);
  telemetry.logger.info('stopped', toSpanCounts(telemetry.health()));
  if (failure !== null) throw failure;
}

/** Where every span went, so that an operator can compare it with the backend. */
function toSpanCounts(health: TelemetryHealth): Record<string, number> {
  const lost = Object.values(health.droppedCounts).reduce((sum, count) => sum + count, 0);
  return {
    'spans.started_count': health.startedCount,
    'spans.exported_count': health.exportedCount,
    'spans.rejected_count': health.rejectedCount,
    'spans.dropped_count': lost,
  };
}

function toLogFormat({ logFormat }: Config, { isTerminal }: ServiceHost): 'json' | 'text' {
  if (logFormat !== 'auto') return logFormat;
  return isTerminal ? 'text' : 'json';
}

async function createServiceTelemetry(
  config: Config,
  env: Environment,
  format: 'json' | 'text',
  host: ServiceHost,
): Promise<Telemetry> {
  return createTelemetry({
    otlpModule: await loadOtlpModule(),
    createSdkTracing,
    loadTlsFetch,
    watchEventLoop: true,
    env,
    serviceName: 'spreadscope',
    serviceVersion: manifest.version,
    clock: systemClock,
    log: { level: config.logLevel, format, write: host.note },
  });
}

/** A program, whatever its role. */
type Program = Pick<App, 'fetch' | 'run' | 'close'>;

async function openMarketApp(
  config: Config,
  telemetry: Telemetry,
  host: ServiceHost,
): Promise<Program> {
  const context = toDriverContext(telemetry, systemClock);
  return createMarketApp({
    version: manifest.version,
    config,
    clock: systemClock,
    createRequestId: () => crypto.randomUUID(),
    telemetry,
    feed: await step(host, feedTitle(config), () => openFeed(config, context)),
    token: config.market?.token ?? '',
    web: createWebPages(await loadWebAssets()),
  });
}

async function openApp(config: Config, telemetry: Telemetry, host: ServiceHost): Promise<Program> {
  const { tracer } = telemetry;
  const context = toDriverContext(telemetry, systemClock);
  const database = config.databaseUrl === null ? `embedded, in ${config.dataDir}` : 'Neon';
  const store = await step(host, `Opening the database (${database})`, () =>
    openStore(config, tracer),
  );
  try {
    await store.migrate();
    await store.closeOrphans(systemClock.nowMs());
    const shards = await openShards(config, telemetry);
    const createKernel = await step(host, 'Loading the kernel', loadKernelFactory);
    const cache = await openCache(config, context);
    const feed = await step(host, feedTitle(config), () => openFeed(config, context, shards));
    return createApp({
      ...(shards === null ? {} : { shards }),
      version: manifest.version,
      config,
      clock: systemClock,
      random: Math.random,
      createRequestId: () => crypto.randomUUID(),
      telemetry,
      kernel: { kind: 'wasm', version: String(EXPECTED_ABI_VERSION) },
      createKernel,
      createCycleKernel: await loadCycleKernelFactory(),
      feed,
      store,
      cache,
      web: createWebPages(await loadWebAssets()),
    });
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Null where this process does everything. */
async function openShards(config: Config, { logger }: Telemetry): Promise<ShardKeeper | null> {
  const leases = await openLeases(config);
  if (leases === null || config.shards === null) return null;
  return createShardKeeper({
    leases,
    instance: crypto.randomUUID(),
    shardsCount: config.shards.count,
    hasCycles: config.maxLegs > 2,
    ttlMs: config.shards.leaseMs,
    clock: systemClock,
    logger,
  });
}

function feedTitle(config: Config): string {
  if (config.feed === 'synthetic') return 'Making the synthetic market';
  if (config.feed === 'ingest') return 'Waiting for feeders';
  if (config.feed === 'remote') return `Asking the market service ${hostOf(config)}`;
  return `Preparing ${config.exchanges.length} exchanges`;
}

async function step<Result>(
  host: ServiceHost,
  title: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const startedMs = systemClock.monotonicMs();
  const result = await work();
  const tookS = (systemClock.monotonicMs() - startedMs) / 1000;
  if (host.isTerminal) host.note(`• ${title}: ${tookS.toFixed(1)} s`);
  return result;
}

function listen(app: Program, config: Config, host: ServiceHost): HttpServer {
  try {
    return host.serve(app, { hostname: config.host, port: config.port });
  } catch (error) {
    void app.close();
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken) throw error;
    throw new SpreadscopeError(
      'usage_invalid',
      `port ${config.port} is in use; stop what listens there or choose another with --port`,
    );
  }
}

/** Without credentials, which a URL may hold. */
function hostOf({ market }: Config): string {
  return market?.url == null ? '' : new URL(market.url).host;
}

function sourceOf(config: Config): 'live' | 'synthetic' | 'remote' {
  if (config.feed === 'ingest') return config.ingestSource;
  if (config.feed === 'remote') return 'remote';
  return config.feed === 'synthetic' ? 'synthetic' : 'live';
}

function announce(url: string, config: Config, host: ServiceHost): void {
  if (!host.isTerminal) return;
  const markets = {
    synthetic: 'SYNTHETIC market, not real prices',
    live: 'live exchanges',
    remote: `market service ${hostOf(config)}`,
  };
  const page = config.role === 'market' ? '' : `\n  page     ${url}/`;
  host.note(
    `\nSpreadscope is running on ${url} (${markets[sourceOf(config)]})${page}\n  API      ${url}/docs\n  stop     Ctrl-C\n`,
  );
}

/** The error that ended the run, or null when it ended well or was interrupted. */
async function firstOf(running: Promise<void>, interrupted: AbortSignal): Promise<unknown> {
  const isInterrupted = new Promise<null>((resolve) => {
    if (interrupted.aborted) resolve(null);
    interrupted.addEventListener('abort', () => resolve(null), { once: true });
  });
  const isOver = running.then(
    () => isInterrupted,
    (error: unknown) => (error instanceof Error ? error : new Error(toErrorMessage(error))),
  );
  return Promise.race([isOver, isInterrupted]);
}

/** New requests are refused at once; running ones end with the app's streams. */
async function stop(app: Program, server: HttpServer): Promise<void> {
  const stopped = server.stop();
  await app.close();
  await Promise.race([stopped, systemClock.sleep(500)]);
  await server.stop(true);
}
