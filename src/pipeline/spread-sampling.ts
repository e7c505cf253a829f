/** Takes the prices of all usable markets into the book of spreads, at a steady pace. */

import type { SpreadBook } from '../detect/life/spread-book.ts';
import type { Clock } from '../domain/clock.ts';
import { toErrorMessage } from '../domain/errors.ts';
import type { MarketDataSource } from '../domain/market.ts';
import type { OpportunityStore } from '../store/store.ts';
import type { Logger } from '../telemetry/telemetry.ts';
import type { MarketView } from './ports.ts';

/** Time between two samples, milliseconds. */
export const SPREAD_SAMPLE_INTERVAL_MS = 1_000;
/** Samples kept of each pair: five minutes. */
export const SPREAD_WINDOW_COUNT = 300;
/** Pairs kept, four bytes a sample: 12 MB. */
export const MAX_SPREAD_PAIRS_COUNT = 10_000;
/** Symbols sampled, the first ones: a sample must be short. */
export const MAX_SAMPLED_SYMBOLS_COUNT = 256;

/** One sample of every symbol; markets that fail a guard take no part. */
export function sampleSpreads(market: MarketView, book: SpreadBook): void {
  for (const symbol of market.symbols().slice(0, MAX_SAMPLED_SYMBOLS_COUNT)) {
    const priced = market
      .snapshots(symbol)
      .flatMap(({ guard, quote, market: { exchange } }) =>
        guard === null && quote !== null ? [{ exchange, bid: quote.bid, ask: quote.ask }] : [],
      );
    book.sample(symbol, priced);
  }
}

/** Samples until `signal` aborts. */
export async function sampleSpreadsRegularly(
  market: MarketView,
  book: SpreadBook,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    sampleSpreads(market, book);
    await clock.sleep(SPREAD_SAMPLE_INTERVAL_MS, signal).catch(() => undefined);
  }
}

export interface SpreadKeeping {
  readonly market: Pick<MarketView, 'symbols'>;
  readonly book: SpreadBook;
  readonly store: Pick<OpportunityStore, 'writeSpreads'>;
  readonly source: () => MarketDataSource;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Time between two windows that are kept, milliseconds: as long as the window itself. */
export const SPREAD_KEEP_INTERVAL_MS = SPREAD_SAMPLE_INTERVAL_MS * SPREAD_WINDOW_COUNT;

/** Writes each window to the store, until `signal` aborts; one that cannot be written is lost, and said. */
export async function keepSpreadsRegularly(
  keeping: SpreadKeeping,
  signal: AbortSignal,
): Promise<void> {
  const { clock, logger } = keeping;
  for (;;) {
    await clock.sleep(SPREAD_KEEP_INTERVAL_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      await keepSpreads(keeping);
    } catch (error) {
      const message = { 'error.message': toErrorMessage(error) };
      logger.warn('a window of spreads could not be stored and is lost', message);
    }
  }
}

async function keepSpreads({ market, book, store, source, clock }: SpreadKeeping): Promise<void> {
  const atMs = clock.nowMs();
  const windows = market.symbols().flatMap((symbol) => book.read(symbol) ?? []);
  await store.writeSpreads(windows.map((statistics) => ({ atMs, source: source(), statistics })));
}
