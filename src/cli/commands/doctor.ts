/** `spreadscope doctor`: checks everything the service needs and says what to do. */

import type { Command } from 'commander';
import { type Config, parseConfig } from '../../config.ts';
import { systemClock } from '../../domain/clock.ts';
import { toErrorMessage } from '../../domain/errors.ts';
import {
  type DriverContext,
  loadKernelFactory,
  openCache,
  openFeed,
  openLeases,
  openStore,
  toDriverContext,
} from '../../entry/drivers.ts';
import { withTerms } from '../../entry/load-terms.ts';
import { createTelemetry } from '../../telemetry/create-telemetry.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { type CommandIo, EXIT } from '../io.ts';

/** One thing that was looked at. */
interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  /** What to do about it; null when it is well. */
  readonly advice: string | null;
}

export function addDoctorCommand(program: Command, io: CommandIo): void {
  program
    .command('doctor')
    .description(
      'Check configuration, kernel, database, cache, leases, exporter, market service and each exchange.',
    )
    .option('--json', 'print one JSON object')
    .action((options: { readonly json?: true }) => examine(options.json === true, io));
}

async function examine(isJson: boolean, io: CommandIo): Promise<void> {
  const findings: Finding[] = [];
  const tell = async (finding: Finding): Promise<void> => {
    findings.push(finding);
    if (!isJson) await io.out(formatFinding(finding));
  };
  for await (const finding of examineAll(io)) await tell(finding);
  const hasFailed = findings.some(({ state }) => state === 'failed');
  if (isJson) await io.out(JSON.stringify({ ok: !hasFailed, findings }));
  process.exitCode = hasFailed ? EXIT.failed : EXIT.ok;
}

async function* examineAll(io: CommandIo): AsyncGenerator<Finding> {
  const config = await examined('configuration', async () => parseConfig(await withTerms(io.env)));
  yield config.finding;
  if (config.value === null) return;
  const telemetry = createTelemetry({
    env: io.env,
    serviceName: 'spreadscope',
    clock: systemClock,
    log: { level: 'error', write: io.note },
  });
  const context = toDriverContext(telemetry, systemClock);
  yield (await examined('kernel', examineKernel)).finding;
  yield (await examined('database', () => examineStore(config.value, context))).finding;
  yield (await examined('cache', () => examineCache(config.value, context))).finding;
  if (config.value.shards !== null) {
    yield (await examined('shards', () => examineLeases(config.value))).finding;
  }
  yield await examineExporter(telemetry);
  yield* examineExchanges(config.value, context, io);
  await telemetry.shutdown();
}

async function examineKernel(): Promise<void> {
  const createKernel = await loadKernelFactory();
  createKernel({ symbolsCount: 1, exchangesCount: 2, bookSlotsCount: 2, bookLevelsCount: 1 });
}

async function examineStore(config: Config, { tracer }: DriverContext): Promise<void> {
  const store = await openStore(config, tracer);
  try {
    await store.migrate();
    await store.ping();
  } finally {
    await store.close();
  }
}

async function examineCache(config: Config, context: DriverContext): Promise<void> {
  const cache = await openCache(config, context);
  try {
    await cache.ping();
  } finally {
    await cache.close();
  }
}

async function examineLeases(config: Config): Promise<void> {
  const leases = await openLeases(config);
  try {
    await leases?.ping();
  } finally {
    await leases?.close();
  }
}

/** Sends one span and looks at what became of it. */
async function examineExporter(telemetry: Telemetry): Promise<Finding> {
  const name = 'exporter';
  if (telemetry.health().exporter === 'none') {
    const advice =
      'set OTEL_EXPORTER_OTLP_ENDPOINT, such as http://localhost:4318, to export traces';
    return { name, state: 'warning', detail: 'traces are not exported', advice };
  }
  telemetry.tracer.startSpan('spreadscope.doctor').end();
  await telemetry.flush();
  const { state, lastError } = telemetry.health();
  if (state === 'reachable') return { name, state: 'ok', detail: 'reachable', advice: null };
  const advice = 'check OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS';
  return { name, state: 'failed', detail: lastError ?? state, advice };
}

async function* examineExchanges(
  config: Config,
  context: DriverContext,
  io: CommandIo,
): AsyncGenerator<Finding> {
  const feed = await openFeed(config, context);
  const failure = await feed
    .loadMarkets(io.interrupted)
    .then(() => null)
    .catch(toErrorMessage);
  for (const { exchange, state, reason, marketsCount, roundTripMs } of feed.exchanges()) {
    const isWell = reason === null && marketsCount > 0;
    const roundTrip = roundTripMs === null ? '' : `, ${roundTripMs.toFixed(0)} ms`;
    yield {
      name: exchange,
      state: isWell ? 'ok' : 'failed',
      detail: isWell ? `${marketsCount} markets${roundTrip}` : (reason?.message ?? state),
      advice: isWell ? null : `leave ${exchange} out of EXCHANGES, or run again later`,
    };
  }
  if (failure !== null) {
    const advice =
      config.feed === 'remote'
        ? 'check MARKET_URL, MARKET_TOKEN and whether the market service runs'
        : 'check the network, EXCHANGES and SYMBOLS';
    yield { name: 'feed', state: 'failed', detail: failure, advice };
  }
  await feed.close();
}

async function examined<Value>(
  name: string,
  look: () => Promise<Value>,
): Promise<
  | { readonly finding: Finding; readonly value: Value }
  | { readonly finding: Finding; readonly value: null }
> {
  try {
    const value = await look();
    return { finding: { name, state: 'ok', detail: 'well', advice: null }, value };
  } catch (error) {
    const detail = toErrorMessage(error);
    return {
      finding: { name, state: 'failed', detail, advice: ADVICE[name] ?? null },
      value: null,
    };
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  configuration: 'correct the variable; the README lists all of them',
  kernel: 'run `bun run build`',
  database: 'check DATABASE_URL, or DATA_DIR and who else uses it',
  shards: 'check REDIS_URL, or UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN',
  cache: 'check UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN',
};

function formatFinding({ name, state, detail, advice }: Finding): string {
  const mark = { ok: '✓', warning: '!', failed: '✗' }[state];
  return `${mark} ${name.padEnd(16)} ${detail}${advice === null ? '' : `\n  → ${advice}`}`;
}
