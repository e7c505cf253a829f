/** The program in a Durable Object: the kernel and the page come with the bundle, all data is in the object's storage. */

import market from '../../../build/market.wasm';
import assets from '../../../build/web/assets.json' with { type: 'json' };
import manifest from '../../../package.json' with { type: 'json' };
import { type App, createApp } from '../../app.ts';
import { createDurableCache } from '../../cache/drivers/durable.ts';
import { type Config, type Environment, parseConfig } from '../../config.ts';
import { systemClock } from '../../domain/clock.ts';
import { SpreadscopeError } from '../../domain/errors.ts';
import { EXPECTED_ABI_VERSION } from '../../kernel/abi.ts';
import { createWasmCycleKernel } from '../../kernel/cycles/wasm-cycle-kernel.ts';
import { toKernelModule } from '../../kernel/load-module.ts';
import { createWasmKernel } from '../../kernel/wasm.ts';
import { createDurableStore, type DurableStorage } from '../../store/drivers/durable.ts';
import { createEdgeTelemetry } from '../../telemetry/create-edge-telemetry.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { parseWebAssets } from '../../web/assets.ts';
import { createWebPages } from '../../web/pages.ts';
import type { OpenFeed } from './open-feed.ts';

/** Variables and secrets, by the names of the README's table. */
export type MarketBindings = Environment;

export interface OpenedApp {
  readonly app: App;
  readonly telemetry: Telemetry;
}

/**
 * Opens the program on `storage`, its schema up to date and what an earlier run left open closed.
 *
 * @throws {SpreadscopeError} `config_invalid`, also for what does not run on Workers.
 */
export async function openApp(
  env: MarketBindings,
  storage: DurableStorage,
  openFeed: OpenFeed,
): Promise<OpenedApp> {
  const config = parseConfig(env);
  refuseWhatIsMissing(config);
  const telemetry = createEdgeTelemetry({
    env,
    serviceName: 'spreadscope',
    serviceVersion: manifest.version,
    clock: systemClock,
    log: { level: config.logLevel, format: config.logFormat === 'text' ? 'text' : 'json' },
  });
  const feed = openFeed(config, { clock: systemClock, telemetry, random: Math.random });
  const store = createDurableStore({ storage, tracer: telemetry.tracer });
  await store.migrate();
  await store.closeOrphans(systemClock.nowMs());
  const module = toKernelModule(market);
  const app = createApp({
    version: manifest.version,
    config,
    clock: systemClock,
    random: Math.random,
    createRequestId: () => crypto.randomUUID(),
    telemetry,
    kernel: { kind: 'wasm', version: String(EXPECTED_ABI_VERSION) },
    createKernel: (capacity) => createWasmKernel(module, capacity),
    createCycleKernel: (graph) => createWasmCycleKernel(module, graph),
    feed,
    store,
    cache: createDurableCache({
      sql: storage.sql,
      maxEntriesCount: config.cacheMaxEntries,
      clock: systemClock,
    }),
    web: createWebPages(parseWebAssets(assets)),
  });
  return { app, telemetry };
}

function refuseWhatIsMissing(config: Config): void {
  const refuse = (variable: string, expected: string): never => {
    throw new SpreadscopeError('config_invalid', `${variable}: expected ${expected} on Workers`);
  };
  if (config.databaseUrl !== null) refuse('DATABASE_URL', 'nothing');
  if (config.upstash !== null) refuse('UPSTASH_REDIS_REST_URL', 'nothing');
}
