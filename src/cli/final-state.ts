/** The last state of a recording: the newest quote and book of each market. */

import { createMarketState, type MarketState } from '../detect/market-state.ts';
import { systemClock } from '../domain/clock.ts';
import { loadKernelFactory } from '../entry/drivers.ts';
import { openRecordingFile } from '../feed/drivers/replay/open-file.ts';
import { createReplayFeed } from '../feed/drivers/replay/replay-feed.ts';
import { type CommandIo, tellCutOff } from './io.ts';
import { createProgress } from './progress.ts';

export interface FinalStateOptions {
  readonly file: string;
  readonly skipBad: boolean;
  /** Overrides every market's taker fee, basis points; null: as recorded. */
  readonly takerBps: number | null;
}

export interface FinalState {
  readonly state: MarketState;
  /** Time of the last update, milliseconds since the epoch; 0 without updates. */
  readonly atMs: number;
}

/** The least that the kernel allows: nothing is sized in it. */
const BOOK_SLOTS_COUNT = 2;

/** @throws {SpreadscopeError} `recording_invalid`, `usage_invalid`; the system's error when the file cannot be read. */
export async function loadFinalState(
  { file, skipBad, takerBps }: FinalStateOptions,
  io: CommandIo,
): Promise<FinalState> {
  const open = await openRecordingFile(file);
  const feed = createReplayFeed({ open, speed: 'max', clock: systemClock, skipBad });
  const { markets } = await feed.loadMarkets(io.interrupted);
  const createKernel = await loadKernelFactory();
  const kernel = createKernel({
    symbolsCount: Math.max(1, new Set(markets.map(({ symbol }) => symbol)).size),
    exchangesCount: Math.max(2, new Set(markets.map(({ exchange }) => exchange)).size),
    bookSlotsCount: BOOK_SLOTS_COUNT,
    bookLevelsCount: 1,
  });
  const state = createMarketState(kernel, takerBps);
  state.setMarkets(markets);
  const progress = createProgress(io, systemClock);
  let atMs = 0;
  for await (const batch of feed.batches(io.interrupted)) {
    progress.add(state.apply(batch.quotes, batch.books).updatesCount, 'updates');
    state.setFunding(batch.funding ?? []);
    atMs = batch.atMs;
  }
  const cutOff = feed.facts()?.cutOff ?? null;
  if (cutOff !== null) tellCutOff(file, cutOff, io);
  return { state, atMs };
}
