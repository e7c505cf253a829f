/** `spreadscope basis`: what funding and basis carry now, or at the end of a recording. */

import type { Command } from 'commander';
import { toBasisSettings, toDetectionSettings } from '../../app.ts';
import { parseConfig } from '../../config.ts';
import { type BasisResult, detectBasis } from '../../detect/basis/detect-basis.ts';
import type { BasisSettings } from '../../detect/basis/settings.ts';
import { judgeBook } from '../../detect/guards.ts';
import { systemClock } from '../../domain/clock.ts';
import type { MarketDataSource } from '../../domain/market.ts';
import type { Feed } from '../../feed/feed.ts';
import { type ReadBooks, toBasisMarkets, withBooks } from '../../pipeline/basis-markets.ts';
import { createMarketView } from '../../pipeline/market-view.ts';
import { printBasis } from '../basis-report.ts';
import { loadFinalState } from '../final-state.ts';
import type { CommandIo } from '../io.ts';
import { type LookOptions, lookOnce } from '../live-look.ts';
import { integerOption, limitOption, numberOption } from '../options.ts';

interface BasisCommandOptions extends LookOptions {
  readonly json?: true;
  readonly notional?: number;
  readonly horizonDays?: number;
  readonly takerBps?: number;
  readonly maxAgeMs?: number;
  readonly maxFundingAgeMs?: number;
  readonly limit: number;
  readonly skipBad?: true;
}

/** Both kinds, unless the environment asks for one of them. */
const ALL_CONTRACTS = { CONTRACTS: 'perpetual,dated' } as const;

export function addBasisCommand(program: Command, io: CommandIo): void {
  program
    .command('basis')
    .description(
      'Say what funding and basis carry after all costs: perpetuals and dated contracts against spot.',
    )
    .argument('[file]', 'recording; its last state is looked at (default: the exchanges, once)')
    .option('--json', 'print one JSON object')
    .option(
      '--notional <n>',
      'value of the long leg, quote units (BASIS_NOTIONAL)',
      numberOption(1e-6, 1e12),
    )
    .option(
      '--horizon-days <n>',
      'days a position against a perpetual is held (BASIS_HORIZON_DAYS)',
      numberOption(0.01, 3_650),
    )
    .option(
      '--taker-bps <n>',
      'taker fee of every market, bps (TAKER_BPS)',
      numberOption(-100, 1000),
    )
    .option('--max-age-ms <n>', 'oldest prices used, ms, or off (MAX_AGE_MS)', limitOption(0))
    .option(
      '--max-funding-age-ms <n>',
      'oldest funding used, ms, or off (MAX_FUNDING_AGE_MS)',
      limitOption(0),
    )
    .option('--limit <n>', 'carries and misses shown', integerOption(0, 10_000), 10)
    .option('--seconds <n>', 'wait at most so long for the exchanges', numberOption(0.1, 3_600), 20)
    .option('--synthetic', 'look at the synthetic market instead of live exchanges')
    .option('--exchanges <ids>', 'ccxt ids, separated by commas (EXCHANGES)')
    .option('--symbols <symbols>', 'spot symbols whose contracts are looked at (SYMBOLS)')
    .option('--skip-bad', 'of a recording, count bad lines instead of stopping at the first')
    .action((file: string | undefined, options: BasisCommandOptions) =>
      file === undefined ? lookAtExchanges(options, io) : lookAtRecording(file, options, io),
    );
}

async function lookAtExchanges(options: BasisCommandOptions, io: CommandIo): Promise<void> {
  const contracts = io.env.CONTRACTS ? {} : ALL_CONTRACTS;
  const env = { ...io.env, ...contracts, ...toVariables(options) };
  const settings = toSettings(env, options);
  await lookOnce(options, { ...io, env }, async (feed, pipeline) => {
    const known = toBasisMarkets(pipeline.market);
    const markets = await withBooks(known, toBookReader(feed, env, io.interrupted));
    const result = detectBasis(markets, settings, systemClock.nowMs());
    await print(result, feed.source, settings, options, io);
  });
}

/** A book that does not come, or fails a guard, leaves the best prices. */
function toBookReader(feed: Feed, env: CommandIo['env'], signal: AbortSignal): ReadBooks {
  const config = parseConfig(env);
  const read = async (exchange: string, symbol: string) => {
    const book = await feed.fetchBook(exchange, symbol, config.bookLevelsCount, signal);
    return judgeBook(book, systemClock.nowMs(), config) === null ? book : null;
  };
  return async (symbol, exchanges) => {
    const reads = exchanges.map(async (exchange) => {
      const book = await read(exchange, symbol).catch(() => null);
      return [exchange, book] as const;
    });
    const found = await Promise.all(reads);
    return new Map(found.flatMap(([exchange, book]) => (book ? [[exchange, book] as const] : [])));
  };
}

/** The last state is one moment: legs may have been recorded apart, as far as `--max-age-ms` allows. */
async function lookAtRecording(
  file: string,
  options: BasisCommandOptions,
  io: CommandIo,
): Promise<void> {
  const config = parseConfig({ ...io.env, ...toVariables(options) });
  const given = { file, skipBad: options.skipBad === true, takerBps: config.takerBps };
  const { state, atMs } = await loadFinalState(given, io);
  const view = createMarketView(state, toDetectionSettings(config), () => atMs);
  const settings = toSettings({ ...io.env, ...toVariables(options) }, options);
  const result = detectBasis(toBasisMarkets(view), settings, atMs);
  await print(result, 'recording', settings, options, io);
}

/** Options that are variables under a shorter name. */
function toVariables({ takerBps, maxAgeMs }: BasisCommandOptions): Record<string, string> {
  return {
    ...(takerBps === undefined ? {} : { TAKER_BPS: String(takerBps) }),
    ...(maxAgeMs === undefined ? {} : { MAX_AGE_MS: toLimitText(maxAgeMs) }),
  };
}

function toLimitText(limit: number): string {
  return limit === Number.POSITIVE_INFINITY ? 'off' : String(limit);
}

function toSettings(env: CommandIo['env'], options: BasisCommandOptions): BasisSettings {
  const settings = toBasisSettings(parseConfig(env));
  return {
    ...settings,
    notionalInQuote: options.notional ?? settings.notionalInQuote,
    horizonDays: options.horizonDays ?? settings.horizonDays,
    maxFundingAgeMs: options.maxFundingAgeMs ?? settings.maxFundingAgeMs,
  };
}

function print(
  result: BasisResult,
  source: MarketDataSource,
  settings: BasisSettings,
  { limit, json }: BasisCommandOptions,
  io: CommandIo,
): Promise<void> {
  return printBasis({ result, source, settings, limit }, json === true, io);
}
