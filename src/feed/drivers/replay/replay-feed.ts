/** The feed that plays a recording: same recording, same batches, nothing skipped. */

import type { Clock } from '../../../domain/clock.ts';
import type { Market } from '../../../domain/market.ts';
import type { ExchangeReason, Feed, FeedBatch, FeedMarkets } from '../../feed.ts';
import type { OpenBytes } from '../../recording/format.ts';
import { readRecording } from '../../recording/read-recording.ts';
import { splitSharedSymbols } from '../../shared-symbols.ts';
import { groupBatches } from './group-batches.ts';
import { createPace, type ReplaySpeed } from './pace.ts';
import { createRecordedState, type RecordedState } from './recorded-state.ts';
import { type RecordingFacts, scanRecording } from './scan-recording.ts';

export interface ReplayOptions {
  /** Opens the recording at its start; called once by `loadMarkets` and once by each `batches`. */
  readonly open: OpenBytes;
  readonly speed: ReplaySpeed;
  readonly clock: Clock;
  /** Leaves bad lines out and counts them; default: the first one is an error. */
  readonly skipBad?: boolean;
  /** Replaces every market's taker fee, basis points; null or unset: as recorded. */
  readonly takerBpsOverride?: number | null;
  /**
   * Keeps markets whose symbol no second exchange has, because a cycle can use them; default true. They are listed in
   * `omitted` either way.
   */
  readonly keepSingleExchangeSymbols?: boolean;
}

export interface ReplayFeed extends Feed {
  /** What the first pass found; null before `loadMarkets`. */
  facts(): RecordingFacts | null;
}

interface Loaded {
  readonly facts: RecordingFacts;
  readonly markets: FeedMarkets;
  readonly state: RecordedState;
}

const IGNORE_BAD = { onBadLine: () => undefined, onCutOff: () => undefined } as const;

const ENDED: ExchangeReason = { code: 'closed', message: 'The recording has ended.' };

/** @throws {RangeError} when `speed` is not above 0. */
export function createReplayFeed(options: ReplayOptions): ReplayFeed {
  createPace(options.speed, options.clock);
  const closing = new AbortController();
  let loaded: Loaded | null = null;
  let endReason: ExchangeReason | null = null;

  const load = async (signal: AbortSignal): Promise<Loaded> => {
    loaded ??= await loadRecording(options, signal);
    return loaded;
  };

  async function* batches(signal: AbortSignal): AsyncGenerator<FeedBatch, void, void> {
    const stop = AbortSignal.any([signal, closing.signal]);
    try {
      const { state, markets } = await load(stop);
      endReason = null;
      for await (const batch of playRecording(options, markets.markets, stop)) {
        state.apply(batch);
        yield batch;
      }
    } catch (error) {
      if (!stop.aborted) throw error;
    }
    endReason = ENDED;
  }

  return {
    source: 'recording',
    loadMarkets: async (signal) => (await load(signal)).markets,
    onMarkets: () => () => undefined,
    batches,
    fetchBook: async (exchange, symbol, _levelsCount, signal) => {
      signal.throwIfAborted();
      // Answered before anything else can run: the book of the moment of the question, not of the next batch.
      const { state } = loaded ?? (await load(signal));
      return state.bookOf(exchange, symbol);
    },
    exchanges: () => loaded?.state.statuses(endReason) ?? [],
    facts: () => loaded?.facts ?? null,
    close: async () => {
      closing.abort();
      endReason = ENDED;
    },
  };
}

async function loadRecording(options: ReplayOptions, signal: AbortSignal): Promise<Loaded> {
  const facts = await scanRecording(options.open(), options.skipBad ?? false, signal);
  const all = facts.markets.map((market) => withTaker(market, options.takerBpsOverride ?? null));
  const { shared, omitted } = splitSharedSymbols(all);
  const markets = (options.keepSingleExchangeSymbols ?? true) ? all : shared;
  return {
    facts,
    markets: { markets, omitted, maxLevelsCount: facts.maxLevelsCount },
    state: createRecordedState(markets),
  };
}

function withTaker(market: Market, takerBps: number | null): Market {
  return takerBps === null ? market : { ...market, takerBps };
}

/** The second pass. @throws the signal's reason when it aborts during a wait. */
async function* playRecording(
  options: ReplayOptions,
  markets: readonly Market[],
  signal: AbortSignal,
): AsyncGenerator<FeedBatch, void, void> {
  const wait = createPace(options.speed, options.clock);
  const kept = new Set(markets.map(({ exchange, symbol }) => `${exchange} ${symbol}`));
  const isKept = (exchange: string, symbol: string) => kept.has(`${exchange} ${symbol}`);
  // The first pass has counted the bad lines.
  const reading = options.skipBad === true ? IGNORE_BAD : {};
  for await (const batch of groupBatches(readRecording(options.open(), reading), isKept)) {
    await wait(batch.atMs, signal);
    if (signal.aborted) return;
    yield batch;
  }
}
