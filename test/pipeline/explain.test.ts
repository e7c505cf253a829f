import { expect, test } from 'bun:test';
import { trace } from '@opentelemetry/api';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createListFeed } from '../support/list-feed.ts';
import { market, quote, START_MS } from '../support/markets.ts';
import { ANY_PROFIT } from '../support/settings.ts';

const SYMBOL = 'BTC/USD';
const ALL = { symbol: null, nearMissesCount: 5, maxPairsCount: 100 };

test('the pipeline explains what is open and what is missing, before, during and after its run', async () => {
  const quotes = [
    quote('a', SYMBOL, 99, 100),
    quote('b', SYMBOL, 101, 102),
    quote('c', SYMBOL, 99, 100.5),
  ];
  const seen: (readonly [number, number])[] = [];
  const pipeline = createPipeline({
    feed: createListFeed({
      source: 'recording',
      markets: [market('a', SYMBOL), market('b', SYMBOL), market('c', SYMBOL), market('a', 'X/Y')],
      batches: [{ atMs: START_MS, quotes, books: [] }],
    }),
    createKernel: createReferenceKernel,
    maxSymbolsCount: 8,
    maxExchangesCount: 4,
    bookLevelsCount: 10,
    settings: ANY_PROFIT,
    roundIntervalMs: 0,
    clock: createFakeClock(START_MS),
    telemetry: {
      tracer: trace.getTracer('none'),
      logger: {
        log: () => undefined,
        debug: () => undefined,
        info: () => undefined,
        warn: () => undefined,
        error: () => undefined,
      },
    },
    onEvents: () => seen.push([pipeline.explain(ALL).funnel.openCount, pipeline.open().length]),
  });
  expect(pipeline.explain(ALL)).toMatchObject({ symbolsCount: 0, funnel: { pairsCount: 0 } });
  await pipeline.run(new AbortController().signal);
  // The second time, everything is closed because the feed has ended.
  expect(seen).toEqual([
    [2, 2],
    [2, 0],
  ]);
  expect(pipeline.explain(ALL)).toMatchObject({
    symbolsCount: 2,
    funnel: { marketsCount: 4, usableMarketsCount: 3, pairsCount: 6, openCount: 2 },
    symbolsWithoutPair: [{ symbol: 'X/Y', reason: { exchanges: ['a'] } }],
  });
});
