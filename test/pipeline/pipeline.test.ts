import { describe, expect, test } from 'bun:test';
import { context } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { DetectionSettings } from '../../src/detect/settings.ts';
import type { Market } from '../../src/domain/market.ts';
import type { OpportunityEvent } from '../../src/domain/opportunity.ts';
import type { FeedBatch } from '../../src/feed/feed.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import type { Logger } from '../../src/telemetry/telemetry.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createListFeed, type ListFeedOptions } from '../support/list-feed.ts';
import { book, market, quote, START_MS } from '../support/markets.ts';
import { ANY_PROFIT } from '../support/settings.ts';

const SYMBOL = 'BTC/USD';
const MARKETS: readonly Market[] = [market('a', SYMBOL), market('b', SYMBOL)];
const silent: Logger = {
  log: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

interface Run {
  readonly feed: Partial<ListFeedOptions>;
  readonly settings?: Partial<DetectionSettings>;
}

function start({ feed, settings = {} }: Run) {
  const clock = createFakeClock(START_MS);
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const events: OpportunityEvent[] = [];
  const pipeline = createPipeline({
    feed: createListFeed({ source: 'recording', markets: MARKETS, batches: [], ...feed }),
    createKernel: createReferenceKernel,
    maxSymbolsCount: 8,
    maxExchangesCount: 4,
    bookLevelsCount: 10,
    settings: { ...ANY_PROFIT, ...settings },
    roundIntervalMs: 0,
    clock,
    telemetry: { tracer: provider.getTracer('test'), logger: silent },
    onEvents: (given) => events.push(...given),
  });
  return { pipeline, events, exporter, clock };
}

function batch(atMs: number, ...prices: readonly [string, number, number][]): FeedBatch {
  const given = { receivedAtMs: atMs };
  return {
    atMs,
    books: [],
    quotes: prices.map(([exchange, bid, ask]) => quote(exchange, SYMBOL, bid, ask, given)),
  };
}

function summary(events: readonly OpportunityEvent[]): string[] {
  return events.map(
    ({ type, opportunity }) =>
      `${type} ${opportunity.buyExchange}>${opportunity.sellExchange} ${opportunity.last.profitInQuote} ${opportunity.closeReason ?? ''}`,
  );
}

describe('the pipeline', () => {
  test('opens, updates and closes an opportunity as quotes of a recording come', async () => {
    const { pipeline, events } = start({
      feed: {
        batches: [
          batch(START_MS, ['a', 99, 100], ['b', 99, 100]),
          batch(START_MS + 1, ['b', 102, 103]),
          batch(START_MS + 2, ['b', 104, 105]),
          batch(START_MS + 3, ['b', 99, 100]),
        ],
      },
    });
    await pipeline.run(new AbortController().signal);
    expect(summary(events)).toEqual([
      'opened a>b 2 ',
      'updated a>b 4 ',
      'closed a>b 4 edge_below_threshold',
    ]);
    expect(pipeline.status()).toMatchObject({
      state: 'ended',
      roundsCount: 4,
      updatesCount: 5,
      openedCount: 1,
      closedCount: 1,
    });
  });

  test('closes what is open when the feed ends', async () => {
    const { pipeline, events } = start({
      feed: { batches: [batch(START_MS, ['a', 99, 100], ['b', 102, 103])] },
    });
    await pipeline.run(new AbortController().signal);
    expect(summary(events).at(-1)).toBe('closed a>b 2 feed_ended');
    expect(pipeline.open()).toEqual([]);
  });

  test('opens at one threshold and closes at a lower one', async () => {
    const { pipeline, events } = start({
      settings: { openEdgeBps: 100, closeEdgeBps: 10 },
      feed: {
        batches: [
          batch(START_MS, ['a', 99, 100], ['b', 100.5, 103]),
          batch(START_MS + 1, ['b', 102, 103]),
          batch(START_MS + 2, ['b', 100.5, 103]),
          batch(START_MS + 3, ['b', 100.1, 103]),
        ],
      },
    });
    await pipeline.run(new AbortController().signal);
    expect(summary(events)).toEqual([
      'opened a>b 2 ',
      'updated a>b 0.5 ',
      'closed a>b 0.5 edge_below_threshold',
    ]);
  });

  test('closes a stale opportunity though no update came for it', async () => {
    const { pipeline, events } = start({
      settings: { maxAgeMs: 500 },
      feed: {
        batches: [
          batch(START_MS, ['a', 99, 100], ['b', 102, 103]),
          batch(START_MS + 501, ['b', 102, 103]),
        ],
      },
    });
    await pipeline.run(new AbortController().signal);
    expect(summary(events)).toEqual(['opened a>b 2 ', 'closed a>b 2 quote_stale']);
  });

  test('drops the quotes of an exchange that goes down', async () => {
    let down: readonly string[] = [];
    const { pipeline, events } = start({
      feed: {
        downExchanges: () => down,
        batches: (function* () {
          yield batch(START_MS, ['a', 99, 100], ['b', 102, 103]);
          down = ['b'];
          yield batch(START_MS + 1, ['a', 99, 100]);
        })(),
      },
    });
    await pipeline.run(new AbortController().signal);
    expect(summary(events)).toEqual(['opened a>b 2 ', 'closed a>b 2 exchange_down']);
  });

  test('judges books at their depth', async () => {
    const given = { receivedAtMs: START_MS };
    const { pipeline, events } = start({
      feed: {
        batches: [
          {
            atMs: START_MS,
            quotes: [],
            books: [
              book(
                'a',
                SYMBOL,
                [[99, 1]],
                [
                  [100, 1],
                  [101, 1],
                ],
                given,
              ),
              book('b', SYMBOL, [[103, 5]], [[104, 1]], given),
            ],
          },
        ],
      },
    });
    await pipeline.run(new AbortController().signal);
    expect(events[0]?.opportunity.last).toMatchObject({ sizeInBase: '2', profitInQuote: '5' });
  });

  test('fetches depth where only quotes stream, and opens once it is there', async () => {
    const abort = new AbortController();
    let finish: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { pipeline, events, clock } = start({
      feed: {
        source: 'live',
        depth: [
          book('a', SYMBOL, [[99, 1]], [[100, 3]]),
          book('b', SYMBOL, [[102, 4]], [[103, 1]]),
        ],
        batches: (async function* () {
          yield batch(START_MS, ['a', 99, 100], ['b', 102, 103]);
          await ended;
        })(),
      },
    });
    const running = pipeline.run(abort.signal);
    await clock.advance(10);
    expect(summary(events)).toEqual(['opened a>b 6 ']);
    abort.abort();
    finish();
    await clock.advance(300);
    await running;
    expect(summary(events).at(-1)).toBe('closed a>b 6 shutdown');
  });

  test('gives one trace a round, with a child for each symbol that had a candidate', async () => {
    const { pipeline, exporter, events } = start({
      feed: {
        batches: [
          batch(START_MS, ['a', 99, 100], ['b', 99, 100]),
          batch(START_MS + 1, ['b', 102, 103]),
        ],
      },
    });
    await context.with(context.active(), () => pipeline.run(new AbortController().signal));
    const spans = exporter.getFinishedSpans();
    const rounds = spans.filter(({ name }) => name === 'arbitrage.detect_opportunities');
    const symbols = spans.filter(({ name }) => name === 'arbitrage.detect_symbol');
    expect(rounds.map((span) => span.parentSpanContext)).toEqual([undefined, undefined]);
    expect(new Set(rounds.map((span) => span.spanContext().traceId)).size).toBe(2);
    expect(symbols).toHaveLength(1);
    expect(rounds[1]?.attributes).toMatchObject({
      'arbitrage.updates_count': 1,
      'arbitrage.candidates_count': 1,
      'arbitrage.opportunities_found': 1,
      'arbitrage.opportunities_opened_count': 1,
      'arbitrage.average_profit_bps': 200,
      'crypto.source': 'recording',
    });
    expect(symbols[0]?.events.map(({ name }) => name)).toEqual(['opportunity_opened']);
    expect(events[0]?.opportunity.traceId).toBe(symbols[0]?.spanContext().traceId as string);
  });

  test('waits for the first exchange of a live feed, and says so meanwhile', async () => {
    let isReachable = false;
    const { pipeline, clock } = start({
      feed: { source: 'live', batches: [], isReachable: () => isReachable },
    });
    const running = pipeline.run(new AbortController().signal);
    await clock.advance(2_000);
    expect(pipeline.status()).toMatchObject({ state: 'starting', error: 'no exchange yet' });
    isReachable = true;
    await clock.advance(1_000);
    await running;
    expect(pipeline.status()).toMatchObject({ state: 'ended', error: null });
  });

  test('reports a feed that fails and stops', async () => {
    const { pipeline } = start({
      feed: {
        batches: (function* () {
          yield batch(START_MS, ['a', 99, 100]);
          throw new Error('the line was cut');
        })(),
      },
    });
    await expect(pipeline.run(new AbortController().signal)).rejects.toThrow('the line was cut');
    expect(pipeline.status()).toMatchObject({ state: 'failed', error: 'the line was cut' });
  });
});
