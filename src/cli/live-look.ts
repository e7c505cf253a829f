/** One look at the market: open the feed, detect until all exchanges have answered, show what is there, end. */

import { toAccountOptions, toCycleOptions, toDetectionSettings } from '../app.ts';
import { parseConfig } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import {
  loadCycleKernelFactory,
  loadKernelFactory,
  openFeed,
  toDriverContext,
} from '../entry/drivers.ts';
import { withTerms } from '../entry/load-terms.ts';
import type { Feed } from '../feed/feed.ts';
import { createPipeline } from '../pipeline/pipeline.ts';
import type { Pipeline } from '../pipeline/ports.ts';
import { createTelemetry } from '../telemetry/create-telemetry.ts';
import type { CommandIo } from './io.ts';

/** What a command line says about where to look. */
export interface LookOptions {
  /** Most time to wait for the exchanges, seconds. */
  readonly seconds: number;
  readonly synthetic?: true;
  readonly exchanges?: string;
  readonly symbols?: string;
}

/** How often it is checked whether all exchanges have answered, milliseconds. */
const POLL_MS = 100;
/** After the last exchange has answered, depth is waited for this long, milliseconds. */
const SETTLE_MS = 1_000;

/**
 * @param show - called once, while detection still runs.
 * @throws what the configuration, the feed and `show` throw.
 */
export async function lookOnce(
  options: LookOptions,
  io: CommandIo,
  show: (feed: Feed, pipeline: Pipeline) => Promise<void>,
): Promise<void> {
  const env = await withTerms(toEnvironment(options, io));
  const config = parseConfig(env);
  const telemetry = createTelemetry({
    env,
    serviceName: 'spreadscope',
    clock: systemClock,
    log: { level: config.logLevel === 'info' ? 'warn' : config.logLevel, write: io.note },
  });
  const context = toDriverContext(telemetry, systemClock);
  const feed = await openFeed(config, context);
  const pipeline = createPipeline({
    feed,
    createKernel: await loadKernelFactory(),
    ...toCycleOptions(config, await loadCycleKernelFactory()),
    hasMulti: config.hasMulti,
    maxSymbolsCount: config.maxSymbolsCount,
    maxExchangesCount: config.maxExchangesCount,
    bookLevelsCount: config.bookLevelsCount,
    settings: toDetectionSettings(config),
    ...toAccountOptions(config),
    roundIntervalMs: config.roundIntervalMs,
    clock: systemClock,
    telemetry,
    onEvents: () => undefined,
  });
  const stop = new AbortController();
  try {
    const running = pipeline.run(AbortSignal.any([stop.signal, io.interrupted]));
    const waited = waitForExchanges(feed, pipeline, options.seconds * 1000, io);
    await Promise.race([waited, running]);
    await show(feed, pipeline);
    stop.abort();
    await running;
  } finally {
    await feed.close();
    await telemetry.shutdown();
  }
}

function toEnvironment(options: LookOptions, io: CommandIo): CommandIo['env'] {
  return {
    ...io.env,
    ...(options.synthetic === true ? { FEED: 'synthetic' } : {}),
    ...(options.exchanges === undefined ? {} : { EXCHANGES: options.exchanges }),
    ...(options.symbols === undefined ? {} : { SYMBOLS: options.symbols }),
  };
}

async function waitForExchanges(
  feed: Feed,
  pipeline: Pipeline,
  timeoutMs: number,
  io: CommandIo,
): Promise<void> {
  const endMs = systemClock.monotonicMs() + timeoutMs;
  let toldCount = -1;
  while (systemClock.monotonicMs() < endMs && !io.interrupted.aborted) {
    const exchanges = feed.exchanges();
    const settled = exchanges.filter(({ state }) => state !== 'connecting');
    if (io.isTerminal && settled.length !== toldCount) {
      toldCount = settled.length;
      io.note(`  ${toldCount} of ${exchanges.length} exchanges have answered`);
    }
    if (pipeline.status().state === 'running' && settled.length === exchanges.length) break;
    await systemClock.sleep(POLL_MS);
  }
  await systemClock.sleep(Math.max(0, Math.min(SETTLE_MS, endMs - systemClock.monotonicMs())));
}
