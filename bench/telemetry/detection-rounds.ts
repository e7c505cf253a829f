/** The pipeline's real detection round on a seeded market, with whatever tracer it is given. */

import type { Tracer } from '@opentelemetry/api';
import { createDetector } from '../../src/detect/detector.ts';
import { createLifecycle } from '../../src/detect/lifecycle.ts';
import { createMarketState } from '../../src/detect/market-state.ts';
import { systemClock } from '../../src/domain/clock.ts';
import type { Quote } from '../../src/domain/quote.ts';
import { createWasmKernel } from '../../src/kernel/wasm.ts';
import { createCompetition } from '../../src/pipeline/competition.ts';
import { createDepthRequests } from '../../src/pipeline/depth-requests.ts';
import { createRounds } from '../../src/pipeline/round.ts';
import type { Logger } from '../../src/telemetry/telemetry.ts';
import { createListFeed } from '../../test/support/list-feed.ts';
import { market, quote, START_MS } from '../../test/support/markets.ts';
import { ANY_PROFIT } from '../../test/support/settings.ts';
import { createTickers, createUpdates, type Ticker } from '../kernel/markets.ts';

const SEED = 11;
const SYMBOLS_COUNT = 256;
const EXCHANGES_COUNT = 8;
/** Different batches; they come again and again. */
const BATCHES_COUNT = 64;
const UPDATES_COUNT = 64;
const ROUND_INTERVAL_MS = 10;
/** Some symbols of each round have a spread that survives it. */
const TAKER_BPS = 9;

export const ROUND_INPUT = `${SYMBOLS_COUNT} symbols × ${EXCHANGES_COUNT} exchanges, seed ${SEED}, ${UPDATES_COUNT} updates a round, ${ROUND_INTERVAL_MS} ms apart, WASM kernel, ${TAKER_BPS} bps of fees a leg`;

/** The same for all variants. */
export interface RoundInput {
  readonly module: WebAssembly.Module;
  readonly first: readonly Quote[];
  readonly batches: readonly (readonly Quote[])[];
}

export function createRoundInput(module: WebAssembly.Module): RoundInput {
  const tickers = createTickers(SEED, SYMBOLS_COUNT, EXCHANGES_COUNT);
  const batches = Array.from({ length: BATCHES_COUNT }, (_, index) =>
    createUpdates(SEED + 1 + index, tickers, UPDATES_COUNT).map(toQuote),
  );
  return { module, first: tickers.flat().map(toQuote), batches };
}

export interface DetectionRounds {
  /** @returns events of opportunities, which any two runs of as many rounds have in common. */
  run(roundsCount: number): number;
}

export function createDetectionRounds(input: RoundInput, tracer: Tracer): DetectionRounds {
  const kernel = createWasmKernel(input.module, {
    symbolsCount: SYMBOLS_COUNT,
    exchangesCount: EXCHANGES_COUNT,
    bookSlotsCount: 2,
    bookLevelsCount: 20,
  });
  const settings = { ...ANY_PROFIT, takerBps: TAKER_BPS };
  const source = 'recording';
  const state = createMarketState(kernel, settings.takerBps);
  const markets = input.first.map(({ exchange, symbol }) => market(exchange, symbol));
  state.setMarkets(markets);
  const depth = createDepthRequests({
    feed: createListFeed({ source, markets, batches: [] }),
    state,
    clock: systemClock,
    logger: REFUSING,
    levelsCount: 20,
    signal: new AbortController().signal,
    onSettled: () => {},
  });
  const detector = createDetector({ kernel, state, settings, source });
  const lifecycle = createLifecycle(source);
  const parts = {
    source,
    kernel,
    state,
    detector,
    lifecycle,
    depth,
    cycles: null,
    settleCompetition: createCompetition({ state, source, lifecycles: [lifecycle] }),
    tracer,
  } as const;
  const rounds = createRounds(parts);
  rounds.run({ atMs: START_MS, quotes: input.first, books: [] });
  let doneCount = 0;
  return {
    run(roundsCount) {
      let eventsCount = 0;
      for (let round = 0; round < roundsCount; round += 1) {
        const quotes = input.batches[doneCount % BATCHES_COUNT] ?? [];
        doneCount += 1;
        const atMs = START_MS + doneCount * ROUND_INTERVAL_MS;
        eventsCount += rounds.run({ atMs, quotes, books: [] }).events.length;
      }
      return eventsCount;
    },
  };
}

/** A recording needs no depth: whatever is logged here is a fault of the bench. */
const refuse = (message: string): never => {
  throw new Error(`BUG: ${message}`);
};
const REFUSING: Logger = {
  log: (_level, message) => refuse(message),
  debug: refuse,
  info: refuse,
  warn: refuse,
  error: refuse,
};

function toQuote({ exchangeIndex, symbolIndex, bid, ask, bidSize, askSize }: Ticker): Quote {
  return quote(`x${exchangeIndex}`, `S${symbolIndex}/USDT`, bid, ask, { bidSize, askSize });
}
