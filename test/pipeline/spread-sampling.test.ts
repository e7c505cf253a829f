import { expect, test } from 'bun:test';
import { createSpreadBook } from '../../src/detect/life/spread-book.ts';
import { sampleSpreadsRegularly } from '../../src/pipeline/spread-sampling.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { market, quote } from '../support/markets.ts';

test('spreads are sampled once a second until the program stops', async () => {
  const clock = createFakeClock();
  const stop = new AbortController();
  const book = createSpreadBook({ windowCount: 10, maxPairsCount: 10 });
  const snapshots = ['a', 'b'].map((exchange) => ({
    market: market(exchange, 'X/Y'),
    quote: quote(exchange, 'X/Y', 1, 2),
    book: null,
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
