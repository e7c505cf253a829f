import { expect, test } from 'bun:test';
import { createSpreadBook } from '../../src/detect/life/spread-book.ts';
import {
  keepSpreadsRegularly,
  SPREAD_KEEP_INTERVAL_MS,
  sampleSpreadsRegularly,
} from '../../src/pipeline/spread-sampling.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { market, quote } from '../support/markets.ts';
import { createMemoryStore } from '../support/memory-store.ts';

test('spreads are sampled once a second until the program stops', async () => {
  const clock = createFakeClock();
  const stop = new AbortController();
  const book = createSpreadBook({ windowCount: 10, maxPairsCount: 10 });
  const snapshots = ['a', 'b'].map((exchange) => ({
    market: market(exchange, 'X/Y'),
    quote: quote(exchange, 'X/Y', 1, 2),
    book: null,
    funding: null,
    ageMs: 0,
    guard: null,
  }));
  const view = { symbols: () => ['X/Y'], snapshots: () => snapshots };
  const sampling = sampleSpreadsRegularly(view, book, clock, stop.signal);
  const count = () => book.read('X/Y')?.index.samplesCount;
  expect(count()).toBe(1);
  await clock.advance(999);
  expect(count()).toBe(1);
  await clock.advance(1);
  expect(count()).toBe(2);
  stop.abort();
  await sampling;
  expect(count()).toBe(2);
});

test('windows of spreads are kept every five minutes; one that cannot be stored is said, and the next is kept', async () => {
  const clock = createFakeClock();
  const stop = new AbortController();
  const store = createMemoryStore();
  const warnings: string[] = [];
  let isBroken = true;
  const note = () => undefined;
  const book = createSpreadBook({ windowCount: 10, maxPairsCount: 10 });
  book.sample('X/Y', [
    { exchange: 'a', bid: 1, ask: 2 },
    { exchange: 'b', bid: 1, ask: 2 },
  ]);
  const keeping = keepSpreadsRegularly(
    {
      market: { symbols: () => ['X/Y', 'never sampled'] },
      book,
      store: {
        writeSpreads: async (kept) => {
          if (isBroken) throw new Error('no database');
          await store.writeSpreads(kept);
        },
      },
      source: () => 'synthetic',
      clock,
      logger: {
        log: note,
        debug: note,
        info: note,
        error: note,
        warn: (text) => warnings.push(text),
      },
    },
    stop.signal,
  );
  await clock.advance(SPREAD_KEEP_INTERVAL_MS);
  expect(warnings).toHaveLength(1);
  isBroken = false;
  await clock.advance(SPREAD_KEEP_INTERVAL_MS);
  const kept = await store.findSpreads({ symbol: 'X/Y', limit: 10 });
  expect(kept).toMatchObject([
    { atMs: clock.nowMs(), source: 'synthetic', statistics: { symbol: 'X/Y' } },
  ]);
  stop.abort();
  await keeping;
});
