/**
 * Raw traffic of Poloniex as a recorder saw it: the answer of `/markets` gives the markets, the messages of `book_lv2`
 * the books. Either kind may be missing: without the answer the markets are those that have books; without messages the
 * recording has markets only. Other answers and the `trades` channel are passed over.
 */

import { SpreadscopeError } from '../../../domain/errors.ts';
import type { Market } from '../../../domain/market.ts';
import { createHeader, type RecordingLine } from '../format.ts';
import { readCaptureEntries } from './capture-entries.ts';
import {
  createBareMarket,
  type ImportFile,
  type ImportOptions,
  UNKNOWN_FEES,
} from './import-source.ts';
import { bookSymbolsOf, createPoloniexBooks } from './poloniex-books.ts';
import { parsePoloniexMarkets } from './poloniex-market.ts';

const DEFAULT_EXCHANGE = 'poloniex';

/**
 * Reads the files twice: for markets and times, then for books.
 *
 * @throws {SpreadscopeError} `recording_invalid`, naming file and line; also when a change of a book is missing.
 */
export async function* importCapture(
  files: readonly ImportFile[],
  options: ImportOptions,
): AsyncGenerator<RecordingLine, void, void> {
  const exchange = options.exchange ?? DEFAULT_EXCHANGE;
  const { markets, fromMs, toMs } = await scanCapture(files, exchange, options.takerBps ?? 0);
  const header = createHeader('import capture', { fromMs, toMs, notes: [UNKNOWN_FEES] });
  yield { type: 'header', header };
  for (const market of markets) yield { type: 'market', market };
  const applyMessage = createPoloniexBooks(exchange);
  for (const file of files) {
    for await (const entry of readCaptureEntries(file)) {
      if (entry.type !== 'message') continue;
      for (const book of applyMessage(entry)) yield { type: 'book', book };
    }
  }
}

interface CaptureFacts {
  readonly markets: readonly Market[];
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

async function scanCapture(
  files: readonly ImportFile[],
  exchange: string,
  takerBps: number,
): Promise<CaptureFacts> {
  const described = new Map<string, Market>();
  const symbols = new Set<string>();
  let fromMs: number | null = null;
  let toMs: number | null = null;
  for (const file of files) {
    for await (const entry of readCaptureEntries(file)) {
      if (entry.type === 'answer') {
        if (entry.path !== '/markets') continue;
        const markets = parsePoloniexMarkets(entry.body, entry.place, exchange, takerBps);
        for (const market of markets) described.set(market.symbol, market);
        continue;
      }
      const found = bookSymbolsOf(entry);
      for (const symbol of found) symbols.add(symbol);
      if (found.length === 0) continue;
      requireNotBefore(toMs, entry.receivedAtMs, entry.place);
      fromMs ??= entry.receivedAtMs;
      toMs = entry.receivedAtMs;
    }
  }
  const markets = mergeMarkets(described, symbols, exchange, takerBps);
  return { markets, fromMs, toMs };
}

function mergeMarkets(
  described: ReadonlyMap<string, Market>,
  symbols: ReadonlySet<string>,
  exchange: string,
  takerBps: number,
): readonly Market[] {
  const bare = [...symbols]
    .filter((symbol) => !described.has(symbol))
    .map((symbol) => createBareMarket(exchange, symbol, takerBps));
  const markets = [...described.values(), ...bare];
  if (markets.length > 0) return markets;
  throw new SpreadscopeError(
    'recording_invalid',
    'expected an answer of /markets or messages of the book_lv2 channel, got neither',
  );
}

function requireNotBefore(lastMs: number | null, receivedAtMs: number, place: string): void {
  if (lastMs === null || receivedAtMs >= lastMs) return;
  throw new SpreadscopeError(
    'recording_invalid',
    `${place}: time: expected at least that of the message before, got an earlier one`,
  );
}
