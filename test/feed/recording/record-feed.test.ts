import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Quote } from '../../../src/domain/quote.ts';
import { createReplayFeed } from '../../../src/feed/drivers/replay/replay-feed.ts';
import type { Feed, FeedBatch } from '../../../src/feed/feed.ts';
import { createHeader } from '../../../src/feed/recording/format.ts';
import { readRecording } from '../../../src/feed/recording/read-recording.ts';
import { recordFeed } from '../../../src/feed/recording/record-feed.ts';
import { createRecordingWriter } from '../../../src/feed/recording/recording-writer.ts';
import { createTextSink, writeLines } from '../../../src/feed/recording/text-sink.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import {
  bookLine,
  collect,
  createMemorySink,
  HEADER_LINE,
  marketLine,
  openBytes,
  openLines,
  quoteLine,
} from './lines.ts';

const LINES = [
  HEADER_LINE,
  marketLine('a', 'BTC/USDT', 7),
  marketLine('b', 'BTC/USDT', 8),
  quoteLine('a', 'BTC/USDT', 10),
  bookLine('b', 'BTC/USDT', 10, [['0.00000012', '3']], []),
  quoteLine('a', 'BTC/USDT', 12.25),
];

const replay = (lines: readonly string[]): Feed =>
  createReplayFeed({ open: openLines(lines), speed: 'max', clock: createFakeClock() });

const signal = () => new AbortController().signal;

const quote = (receivedAtMs: number, symbol = 'BTC/USDT'): Quote => ({
  exchange: 'a',
  symbol,
  bid: 1,
  bidSize: 1,
  ask: 2,
  askSize: 1,
  exchangeTimeMs: null,
  receivedAtMs,
});

async function record(feed: Feed, gzip: boolean) {
  const memory = createMemorySink();
  const clock = createFakeClock();
  const summary = await recordFeed(feed, memory.sink, {
    clock,
    durationMs: Number.POSITIVE_INFINITY,
    signal: signal(),
    gzip,
  });
  return { memory, summary };
}

async function batchesOf(feed: Feed): Promise<readonly FeedBatch[]> {
  return Array.fromAsync(feed.batches(signal()));
}

describe('recording a feed', () => {
  test('what is recorded replays as the same batches, plain and gzipped', async () => {
    for (const gzip of [false, true]) {
      const { memory, summary } = await record(replay(LINES), gzip);
      expect(memory.state).toBe('closed');
      expect(summary).toEqual({
        marketsCount: 2,
        quotesCount: 2,
        booksCount: 1,
        fundingCount: 0,
        raisedTimesCount: 0,
      });
      const again = createReplayFeed({
        open: openBytes(memory.bytes()),
        speed: 'max',
        clock: createFakeClock(),
      });
      expect(await batchesOf(again)).toEqual(await batchesOf(replay(LINES)));
      expect((await again.loadMarkets(signal())).markets.map((each) => each.takerBps)).toEqual([
        7, 8,
      ]);
    }
  });

  test('gzip makes a gzip file and plain makes text', async () => {
    const { memory: packed } = await record(replay(LINES), true);
    expect([...packed.bytes().slice(0, 2)]).toEqual([0x1f, 0x8b]);
    const { memory: plain } = await record(replay(LINES), false);
    expect(new TextDecoder().decode(Bun.gunzipSync(packed.bytes()))).toBe(plain.text());
    expect(plain.text().split('\n')[0]).toBe(
      '{"type":"recording","version":1,"origin":"recording","fromMs":null,"toMs":null,"notes":[]}',
    );
  });

  test('recording ends after its duration, and what was written is a whole recording', async () => {
    const clock = createFakeClock();
    const memory = createMemorySink();
    const feed = createReplayFeed({ open: openLines(LINES), speed: 1, clock });
    const recorded = recordFeed(feed, memory.sink, { clock, durationMs: 2, signal: signal() });
    await clock.advance(2);
    expect((await recorded).quotesCount).toBe(1);
    const lines = await collect(readRecording(openBytes(memory.bytes())()));
    expect(lines.map((line) => line.type)).toEqual(['header', 'market', 'market', 'quote', 'book']);
  });

  test('an abort ends it early in the same way', async () => {
    const clock = createFakeClock();
    const memory = createMemorySink();
    const controller = new AbortController();
    const feed = createReplayFeed({ open: openLines(LINES), speed: 1, clock });
    const options = { clock, durationMs: 60_000, signal: controller.signal };
    const recorded = recordFeed(feed, memory.sink, options);
    await clock.advance(1);
    controller.abort();
    expect((await recorded).booksCount).toBe(1);
    expect(memory.state).toBe('closed');
  });

  test('a feed that fails aborts the sink and its error comes out', async () => {
    const memory = createMemorySink();
    const failing: Feed = {
      ...replay(LINES),
      // biome-ignore lint/correctness/useYield: a feed that fails before its first batch
      batches: async function* () {
        throw new Error('feed broke');
      },
    };
    const options = { clock: createFakeClock(), durationMs: 1, signal: signal() };
    await expect(recordFeed(failing, memory.sink, options)).rejects.toThrow('feed broke');
    expect(memory.state).toBe('aborted');
  });

  test('markets that are announced later are written before their updates', async () => {
    const memory = createMemorySink();
    const inner = replay(LINES);
    const { markets, ...rest } = await inner.loadMarkets(signal());
    const listeners: Parameters<Feed['onMarkets']>[0][] = [];
    const feed: Feed = {
      ...inner,
      loadMarkets: async () => ({ markets: markets.slice(0, 1), ...rest }),
      onMarkets: (listener) => {
        listeners.push(listener);
        return () => undefined;
      },
      batches: async function* (stop) {
        for (const listener of listeners) listener({ markets, ...rest });
        yield* inner.batches(stop);
      },
    };
    const options = { clock: createFakeClock(), durationMs: Infinity, signal: signal() };
    expect((await recordFeed(feed, memory.sink, options)).marketsCount).toBe(2);
    expect(await collect(readRecording(openBytes(memory.bytes())()))).toHaveLength(6);
  });
});

describe('recording writer', () => {
  test('updates of a batch are written in the order of their arrival, and a time that goes back is raised and counted', async () => {
    const memory = createMemorySink();
    const writer = await createRecordingWriter(memory.sink, createHeader('test'));
    const { markets } = await replay(LINES).loadMarkets(signal());
    await writer.writeMarkets(markets);
    await writer.writeBatch({ atMs: 9, quotes: [quote(8), quote(5)], books: [] });
    await writer.writeBatch({ atMs: 10, quotes: [quote(7)], books: [] });
    expect(await writer.close()).toMatchObject({ quotesCount: 3, raisedTimesCount: 1 });
    const lines = await collect(readRecording(openBytes(memory.bytes())()));
    const times = lines.flatMap((line) => (line.type === 'quote' ? [line.quote.receivedAtMs] : []));
    expect(times).toEqual([5, 8, 8]);
  });

  test('an update of a market that was not announced is a bug', async () => {
    const memory = createMemorySink();
    const writer = await createRecordingWriter(memory.sink, createHeader('test'));
    const batch = { atMs: 1, quotes: [quote(1, 'XRP/USDT')], books: [] };
    await expect(writer.writeBatch(batch)).rejects.toThrow('BUG:');
  });
});

describe('any updates', () => {
  const level = fc.tuple(
    fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
    fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
  );
  const update = fc.record({
    exchange: fc.constantFrom('a', 'b'),
    waitMs: fc.constantFrom(0, 0, 1, 0.125, 1_000),
    level,
    isBook: fc.boolean(),
    exchangeTimeMs: fc.option(fc.nat()),
  });

  /** One batch for each update, times never going back. */
  const batchesFrom = (
    updates: readonly (typeof update extends fc.Arbitrary<infer Value> ? Value : never)[],
  ) => {
    let atMs = 1_000;
    return updates.map(
      ({ exchange, waitMs, level: [price, size], isBook, exchangeTimeMs }): FeedBatch => {
        atMs += waitMs;
        const common = { exchange, symbol: 'BTC/USDT', exchangeTimeMs, receivedAtMs: atMs };
        const asQuote = { ...common, bid: price, bidSize: size, ask: 0, askSize: Number.NaN };
        const asBook = { ...common, bids: [[price, size]] as const, asks: [] };
        return { atMs, quotes: isBook ? [] : [asQuote], books: isBook ? [asBook] : [] };
      },
    );
  };

  const updatesOf = (batches: readonly FeedBatch[], exchange: string) =>
    batches
      .flatMap((batch) => [...batch.quotes, ...batch.books])
      .filter((each) => each.exchange === exchange);

  test('come back from a recording as they were, in the order of their market, plain and gzipped', async () => {
    const { markets } = await replay(LINES).loadMarkets(signal());
    await fc.assert(
      fc.asyncProperty(fc.array(update, { maxLength: 30 }), fc.boolean(), async (updates, gzip) => {
        const memory = createMemorySink();
        const writer = await createRecordingWriter(memory.sink, createHeader('test'), { gzip });
        const batches = batchesFrom(updates);
        await writer.writeMarkets(markets);
        for (const batch of batches) await writer.writeBatch(batch);
        await writer.close();
        const open = openBytes(memory.bytes(), 100);
        const again = await batchesOf(
          createReplayFeed({ open, speed: 'max', clock: createFakeClock() }),
        );
        for (const exchange of ['a', 'b']) {
          expect(updatesOf(again, exchange)).toEqual(updatesOf(batches, exchange));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('text sink', () => {
  test('text is gathered into chunks and nothing is lost', async () => {
    const chunks: number[] = [];
    const sink = new WritableStream<Uint8Array>({
      write: (part) => {
        chunks.push(part.length);
      },
    });
    const lines = Array.from({ length: 3 }, () => 'x'.repeat(40_000));
    expect(await writeLines(lines, sink)).toBe(3);
    expect(chunks).toEqual([80_000, 40_000]);
  });

  test('a source that fails aborts the sink', async () => {
    const memory = createMemorySink();
    const failing = (function* () {
      yield 'a\n';
      throw new Error('source broke');
    })();
    await expect(writeLines(failing, memory.sink, { gzip: true })).rejects.toThrow('source broke');
    expect(memory.state).toBe('aborted');
  });

  test('a sink that fails is an error for the writer, gzipped too', async () => {
    for (const gzip of [false, true]) {
      const sink = new WritableStream<Uint8Array>({
        write: () => {
          throw new Error('disk full');
        },
      });
      const text = createTextSink(sink, { gzip });
      const written = text.write('x'.repeat(70_000)).then(() => text.close());
      await expect(written).rejects.toThrow('disk full');
    }
  });
});
