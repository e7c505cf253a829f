/** `spreadscope explain`: why there is no opportunity now, in counts, reasons and near misses. */

import type { Command } from 'commander';
import { parseConfig } from '../../config.ts';
import { SpreadscopeError } from '../../domain/errors.ts';
import { parseSymbol } from '../../domain/market.ts';
import { createExplainReport } from '../explain-report.ts';
import type { CommandIo } from '../io.ts';
import { type LookOptions, lookOnce } from '../live-look.ts';
import { integerOption, numberOption } from '../options.ts';

interface ExplainCommandOptions extends Omit<LookOptions, 'symbols'> {
  readonly json?: true;
  readonly symbol?: string;
  readonly limit: number;
}

export function addExplainCommand(program: Command, io: CommandIo): void {
  program
    .command('explain')
    .description(
      'Fetch once and say why there is no opportunity: what is lost where, and by how much.',
    )
    .option(
      '--symbol <symbol>',
      'BASE/QUOTE, or the route of a cycle such as "ADA>BTC>USDT"; unset: all that are watched (SYMBOLS)',
    )
    .option('--json', 'print one JSON object')
    .option('--seconds <n>', 'wait at most so long for the exchanges', numberOption(0.1, 3_600), 20)
    .option('--limit <n>', 'near misses shown', integerOption(0, 10_000), 10)
    .option('--synthetic', 'look at the synthetic market instead of live exchanges')
    .option('--exchanges <ids>', 'ccxt ids, separated by commas (EXCHANGES)')
    .action((options: ExplainCommandOptions) => explainOnce(options, io));
}

async function explainOnce(options: ExplainCommandOptions, io: CommandIo): Promise<void> {
  const { symbol = null, limit, json } = options;
  if (symbol !== null) checkSymbol(symbol);
  const look = symbol === null ? options : { ...options, symbols: symbolsWith(symbol, io) };
  await lookOnce(look, io, async (feed, pipeline) => {
    const explanation = pipeline.explain({
      symbol,
      nearMissesCount: limit,
      maxPairsCount: Number.POSITIVE_INFINITY,
    });
    const { symbolsCount, symbolsWithoutPair, cycles } = explanation;
    const isKnown = symbolsCount + symbolsWithoutPair.length + (cycles?.cyclesCount ?? 0) > 0;
    if (symbol !== null && !isKnown) {
      throw new SpreadscopeError('symbol_unknown', `no exchange that is watched has ${symbol}`);
    }
    await createExplainReport(feed, io).print({ ...explanation, symbol }, json === true);
  });
}

/** The other symbols stay watched: cycles pass through them. */
function symbolsWith(symbol: string, io: CommandIo): string {
  const { symbols } = parseConfig(io.env);
  if (symbols === 'auto') return 'auto';
  return [...new Set([...symbols, ...(isRoute(symbol) ? [] : [symbol])])].join(',');
}

function isRoute(symbol: string): boolean {
  return /^[^\s/:>]+(>[^\s/:>]+){2,4}$/.test(symbol);
}

function checkSymbol(symbol: string): void {
  if (isRoute(symbol)) return;
  try {
    parseSymbol(symbol);
  } catch (error) {
    throw new SpreadscopeError(
      'usage_invalid',
      '--symbol: expected BASE/QUOTE such as BTC/USDT, or a route such as ADA>BTC>USDT',
      {
        cause: error,
      },
    );
  }
}
