/** Published data, imported, replayed and detected: the cycles that follow from it. */

import { describe, expect, test } from 'bun:test';
import { ProxyTracerProvider } from '@opentelemetry/api';
import type { Opportunity, OpportunityEvent } from '../../src/domain/opportunity.ts';
import { openFiles } from '../../src/feed/drivers/replay/open-file.ts';
import { createReplayFeed } from '../../src/feed/drivers/replay/replay-feed.ts';
import {
  type ImportKind,
  importRecording,
} from '../../src/feed/recording/import/import-recording.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import { openLines } from '../feed/recording/lines.ts';
import {
  type CreateCycleKernel,
  createReferenceCycles,
  createWasmCycles,
} from '../support/cycle-kernels.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { requirement } from '../support/requirement.ts';
import { ANY_PROFIT } from '../support/settings.ts';
import { sharedDataPath } from '../support/shared-data.ts';

const RATES = 'kraken-gemini-rates-2018/multigraph.json';
const TOPS = 'binance-us-tops-2023';
const hasData = requirement('recorded market data', sharedDataPath(RATES) !== null);

const silent = {
  log: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

async function replay(
  kind: ImportKind,
  path: string,
  createKernel: CreateCycleKernel,
): Promise<readonly OpportunityEvent[]> {
  const files = await openFiles(sharedDataPath(path) ?? path);
  const lines = await Array.fromAsync(importRecording(kind, files));
  const clock = createFakeClock();
  const events: OpportunityEvent[] = [];
  const pipeline = createPipeline({
    feed: createReplayFeed({
      open: openLines(lines.map((line) => line.trimEnd())),
      speed: 'max',
      clock,
      takerBpsOverride: 0,
    }),
    createKernel: createReferenceKernel,
    cycles: { createKernel, maxLegs: 4 },
    maxSymbolsCount: 1,
    maxExchangesCount: 2,
    bookLevelsCount: 1,
    settings: { ...ANY_PROFIT, takerBps: 0 },
    roundIntervalMs: 0,
    clock,
    telemetry: { tracer: new ProxyTracerProvider().getTracer('test'), logger: silent },
    onEvents: (given) => events.push(...given),
  });
  await pipeline.run(new AbortController().signal);
  return events;
}

function closed(events: readonly OpportunityEvent[]): readonly Opportunity[] {
  return events.flatMap(({ type, opportunity }) => (type === 'closed' ? opportunity : []));
}

function bestOf(opportunities: readonly Opportunity[], legsCount: number): readonly string[] {
  const [best] = opportunities
    .filter(({ legs }) => legs.length === legsCount)
    .sort((a, b) => b.peak.edgeBps - a.peak.edgeBps);
  return [
    best?.symbol ?? '',
    best?.peak.edgeBps.toFixed(4) ?? '',
    best?.last.edgeBps.toFixed(4) ?? '',
  ];
}

describe.skipIf(!hasData)('cycles of published data replayed', () => {
  test.each([
    ['saved.csv', 54, ['ADA>BTC>USDT', '13.0857'], ['ADA>BTC>USDC>USDT', '13.1188']],
    ['20230312_161833.csv', 13, ['USD>USDT>USDC', '10.0664'], null],
    ['20230313_152602.csv', 37, ['ADA>ETH>USDT', '46.9679'], ['ADA>ETH>USD>BUSD', '51.0580']],
    ['20230416_214743.csv', 240, ['BTC>MANA>USDT', '36.1522'], ['BTC>MANA>USDT>DOGE', '47.1731']],
  ] as const)('%s has %d, each told once', async (file, count, best3, best4) => {
    const found = closed(await replay('tops-csv', `${TOPS}/${file}`, createWasmCycles));
    expect(found.map(({ kind }) => kind)).toEqual(Array.from({ length: count }, () => 'cycle'));
    expect(new Set(found.map(({ symbol }) => symbol)).size).toBe(count);
    expect(bestOf(found, 3)).toEqual([...best3, best3[1]]);
    if (best4 !== null) expect(bestOf(found, 4)).toEqual([...best4, best4[1]]);
    for (const { symbol, base, legs, closeReason } of found) {
      const assets = symbol.split('>');
      expect([...assets].sort()[0]).toBe(base);
      expect(legs).toHaveLength(assets.length);
      expect(closeReason).toBe('feed_ended');
    }
  });

  test('the rates of two exchanges have 15 rounds, of which two are pairs', async () => {
    const found = closed(await replay('rates-json', RATES, createWasmCycles));
    const pairs = found.filter(({ kind }) => kind === 'pair');
    expect(found).toHaveLength(15);
    expect(pairs.map(({ symbol, peak }) => [symbol, peak.edgeBps.toFixed(2)])).toContainEqual([
      'BTC/USD',
      '20.32',
    ]);
    const best = found.find(({ symbol }) => symbol === 'BTC>USD>ETH>EUR');
    expect(best?.peak.edgeBps.toFixed(2)).toBe('44.43');
    expect(Math.max(...found.map(({ peak }) => peak.edgeBps))).toBe(best?.peak.edgeBps ?? 0);
    expect(best?.legs.map(({ exchange, symbol }) => [exchange, symbol])).toEqual([
      ['gemini', 'BTC/USD'],
      ['kraken', 'ETH/USD'],
      ['kraken', 'ETH/EUR'],
      ['kraken', 'BTC/EUR'],
    ]);
  });

  test('both cycle kernels give the same events', async () => {
    for (const [kind, path] of [
      ['tops-csv', `${TOPS}/saved.csv`],
      ['rates-json', RATES],
    ] as const) {
      const reference = await replay(kind, path, createReferenceCycles);
      expect(await replay(kind, path, createWasmCycles)).toEqual([...reference]);
    }
  });
});
