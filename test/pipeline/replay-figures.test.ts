/** Published data, imported, replayed and detected: the figures that follow from it. */

import { describe, expect, test } from 'bun:test';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import type { DetectionSettings } from '../../src/detect/settings.ts';
import type { OpportunityEvent } from '../../src/domain/opportunity.ts';
import { openFiles } from '../../src/feed/drivers/replay/open-file.ts';
import { createReplayFeed } from '../../src/feed/drivers/replay/replay-feed.ts';
import {
  type ImportKind,
  importRecording,
} from '../../src/feed/recording/import/import-recording.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import type { Logger } from '../../src/telemetry/telemetry.ts';
import { openLines } from '../feed/recording/lines.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { requirement } from '../support/requirement.ts';
import { ANY_PROFIT } from '../support/settings.ts';
import { sharedDataPath } from '../support/shared-data.ts';

const BOOKS = 'two-venue-books-2013/books.json';
const RATES = 'kraken-gemini-rates-2018/multigraph.json';

const hasData = requirement('recorded market data', sharedDataPath(BOOKS) !== null);

const silent: Logger = {
  log: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

async function detect(kind: ImportKind, path: string, settings: Partial<DetectionSettings>) {
  const files = await openFiles(sharedDataPath(path) ?? path);
  const lines = await Array.fromAsync(importRecording(kind, files));
  const clock = createFakeClock();
  const events: OpportunityEvent[] = [];
  const pipeline = createPipeline({
    feed: createReplayFeed({
      open: openLines(lines.map((line) => line.trimEnd())),
      speed: 'max',
      clock,
      takerBpsOverride: settings.takerBps ?? null,
    }),
    createKernel: createReferenceKernel,
    maxSymbolsCount: 64,
    maxExchangesCount: 4,
    bookLevelsCount: 10,
    settings: { ...ANY_PROFIT, ...settings },
    roundIntervalMs: 0,
    clock,
    telemetry: { tracer: new BasicTracerProvider().getTracer('test'), logger: silent },
    onEvents: (given) => events.push(...given),
  });
  await pipeline.run(new AbortController().signal);
  return events.filter((event) => event.type === 'opened').map((event) => event.opportunity);
}

function expectClose(
  actual: string | number | undefined,
  expected: number,
  relative: number,
): void {
  expect(Math.abs(Number(actual) / expected - 1)).toBeLessThan(relative);
}

describe.skipIf(!hasData)('published data replayed', () => {
  test.each([
    [{ takerBps: 0 }, 14_962.605060099, 3_585.97175077],
    [{ takerBps: 25 }, 13_041.269119542, 3_230.74582455],
    [{ takerBps: 0, maxSizeInBase: 10 }, 94.559058494, 10],
  ])(
    'the two books of 2013 with %j give %d USD at %d BTC, one way only',
    async (settings, profit, size) => {
      const found = await detect('books-json', BOOKS, settings);
      expect(found.map((each) => [each.buyExchange, each.sellExchange])).toEqual([
        ['BitstampUSD', 'KrakenEUR'],
      ]);
      expectClose(found[0]?.last.profitInQuote, profit, 1e-9);
      expectClose(found[0]?.last.sizeInBase, size, 1e-9);
    },
  );

  test('the rates of 2018 give 20.32 bps for BTC/USD between the two exchanges', async () => {
    const found = await detect('rates-json', RATES, { takerBps: 0 });
    const bitcoin = found.filter((each) => each.symbol === 'BTC/USD');
    expect(bitcoin.map((each) => each.last.edgeBps.toFixed(2))).toEqual(['20.32']);
  });
});
