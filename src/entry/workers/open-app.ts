/** The program in a Durable Object: the kernel and the page come with the bundle, all data is in the object's storage. */

import market from '../../../build/market.wasm';
import otlp from '../../../build/otlp.wasm';
import manifest from '../../../package.json' with { type: 'json' };
import { type App, createApp } from '../../app.ts';
import { createDurableCache } from '../../cache/drivers/durable.ts';
import { type Config, parseConfig } from '../../config.ts';
import { systemClock } from '../../domain/clock.ts';
import { isShardOf } from '../../domain/shards.ts';
import type { Feed } from '../../feed/feed.ts';
import { createShardFeed } from '../../feed/shard-feed.ts';
import type { ShardFilter } from '../../feed/shard-filter.ts';
import { EXPECTED_ABI_VERSION } from '../../kernel/abi.ts';
import { createWasmCycleKernel } from '../../kernel/cycles/wasm-cycle-kernel.ts';
import { toKernelModule } from '../../kernel/load-module.ts';
import { createWasmKernel } from '../../kernel/wasm.ts';
import { createDurableStore, type DurableStorage } from '../../store/drivers/durable.ts';
import { createDurableJournal } from '../../store/drivers/durable-journal.ts';
import type { JournalAccounts, OpportunityJournal } from '../../store/journal.ts';
import type { OpportunityStore } from '../../store/store.ts';
import { createEdgeTelemetry } from '../../telemetry/create-edge-telemetry.ts';
import { toOtlpModule } from '../../telemetry/lean/load-module.ts';
import { recordSetter } from '../../telemetry/propagate/carriers.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { createWebPages } from '../../web/pages.ts';
import type { Bindings, ObjectId } from './bindings.ts';
import { createLayout, type ShardRole } from './layout.ts';
import type { OpenFeed } from './open-feed.ts';
import { createOutboxSender, type OutboxSender } from './outbox-sender.ts';
import { refuseWhatIsMissing } from './requirements.ts';

export interface UpkeepReport {
  readonly deletedOpportunitiesCount: number;
  readonly forgottenRowsCount: number;
  readonly accounts: JournalAccounts;
}

export interface OpenedApp {
  readonly app: App;
  readonly telemetry: Telemetry;
  readonly journal: OpportunityJournal;
  /** Null: there is no queue. */
  readonly sender: OutboxSender | null;
  /** True: with the number of shards as it is now, this object has nothing to detect. */
  readonly isRetired: boolean;
  /** Deletes what is past its retention. */
  upkeep(): Promise<UpkeepReport>;
}

/** Rows of the journal that are stored serve streams that come back, for this long, milliseconds. */
const STREAM_MEMORY_MS = 600_000;
const DAY_MS = 86_400_000;
/** Openings and closings of this long go to the queue together, milliseconds. */
const SEND_DELAY_MS = 100;

/**
 * Opens the program on the object's storage, its schema up to date and what an earlier run left open closed.
 *
 * @throws {SpreadscopeError} `config_invalid`, also for what does not run on Workers.
 */
export async function openApp(
  env: Bindings,
  state: { readonly id: ObjectId; readonly storage: DurableStorage },
  openFeed: OpenFeed,
): Promise<OpenedApp> {
  const config = parseConfig(env);
  refuseWhatIsMissing(config, env);
  const { storage } = state;
  const name = findName(env, state.id, config);
  const telemetry = createObjectTelemetry(env, config);
  const role = name === null ? null : createLayout(config.marketShardsCount).roleOf(name);
  const feed = openOwnPart(openFeed, config, role, telemetry);
  const store = createDurableStore({ storage, tracer: telemetry.tracer });
  await store.migrate();
  const sending = { sender: null as OutboxSender | null };
  const journal = createDurableJournal({
    storage,
    hasDatabaseBeyond: env.OPPORTUNITIES !== undefined,
    clock: systemClock,
    tracer: telemetry.tracer,
    logger: telemetry.logger,
    inject: (carrier) =>
      telemetry.propagator.inject(telemetry.activeContext(), carrier, recordSetter),
    onRows: () => sendSoon(sending.sender),
  });
  sending.sender = createSender(env, name, config, telemetry, journal);
  const app = createObjectApp({ config, telemetry, storage, store, journal, role, feed });
  return {
    app,
    telemetry,
    journal,
    sender: sending.sender,
    isRetired: role === null,
    upkeep: async () => ({
      deletedOpportunitiesCount: Number.isFinite(config.retentionDays)
        ? await store.prune(systemClock.nowMs() - config.retentionDays * DAY_MS)
        : 0,
      forgottenRowsCount: journal.forget(systemClock.nowMs() - STREAM_MEMORY_MS),
      accounts: journal.accounts(),
    }),
  };
}

/** An object knows its id alone; which name it belongs to follows from those that there are. */
function findName(env: Bindings, id: ObjectId, { marketShardsCount }: Config): string | null {
  const { names } = createLayout(marketShardsCount);
  const own = id.toString();
  return names.find((name) => env.MARKET.idFromName(name).toString() === own) ?? null;
}

function createObjectTelemetry(env: Bindings, config: Config): Telemetry {
  return createEdgeTelemetry({
    env,
    serviceName: 'spreadscope',
    serviceVersion: manifest.version,
    clock: systemClock,
    otlpModule: toOtlpModule(otlp),
    log: { level: config.logLevel, format: config.logFormat === 'text' ? 'text' : 'json' },
  });
}

interface ObjectParts {
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly storage: DurableStorage;
  readonly store: OpportunityStore;
  readonly journal: OpportunityJournal;
  readonly role: ShardRole | null;
  readonly feed: Feed;
}

/** All of the feed, or the symbols of this object's shard. */
function openOwnPart(
  openFeed: OpenFeed,
  config: Config,
  role: ShardRole | null,
  telemetry: Telemetry,
): Feed {
  const context = { clock: systemClock, telemetry, random: Math.random };
  if (role?.kind !== 'pairs') return openFeed(config, context);
  const isMine = isShardOf([role.index], config.marketShardsCount);
  const symbols = config.symbols === 'auto' ? config.symbols : config.symbols.filter(isMine);
  const shards: ShardFilter = {
    count: config.marketShardsCount,
    owned: () => [role.index],
    // The layout is that of the deployment.
    onChange: () => () => undefined,
  };
  return createShardFeed(openFeed({ ...config, symbols }, { ...context, shards }), isMine);
}

function createObjectApp(parts: ObjectParts): App {
  const { config, telemetry, storage, store, journal, role, feed } = parts;
  const module = toKernelModule(market);
  return createApp({
    version: manifest.version,
    // Pairs alone where another object looks for cycles.
    config: role?.kind === 'pairs' ? { ...config, maxLegs: 2 } : config,
    clock: systemClock,
    random: Math.random,
    createRequestId: () => crypto.randomUUID(),
    telemetry,
    kernel: { kind: 'wasm', version: String(EXPECTED_ABI_VERSION) },
    createKernel: (capacity) => createWasmKernel(module, capacity),
    createCycleKernel: (graph) => createWasmCycleKernel(module, graph),
    feed,
    store,
    journal,
    hasPairs: role?.kind !== 'whole',
    cache: createDurableCache({
      sql: storage.sql,
      maxEntriesCount: config.cacheMaxEntries,
      clock: systemClock,
    }),
    // Scripts and styles are served before the Worker is called.
    web: createWebPages([]),
  });
}

function createSender(
  { OPPORTUNITIES: queue }: Bindings,
  name: string | null,
  { outboxResendMs: resendMs }: Config,
  telemetry: Telemetry,
  journal: OpportunityJournal,
): OutboxSender | null {
  // An object that is not in the layout any more cannot be told that its rows are stored; it is, once it is again.
  if (queue === undefined || name === null) return null;
  return createOutboxSender({
    journal,
    queue,
    shard: name,
    resendMs,
    clock: systemClock,
    telemetry,
  });
}

function sendSoon(sender: OutboxSender | null): void {
  if (sender !== null) void systemClock.sleep(SEND_DELAY_MS).then(() => sender.send());
}
