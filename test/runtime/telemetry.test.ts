/**
 * Spans of every way in which an event on workerd can end, with a collector that is slow: each arrives, once.
 * `SPREADSCOPE_LONG=1`: 10,000 events.
 */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import type { CollectedSpan } from '../support/otlp-records.ts';
import { requirement } from '../support/requirement.ts';
import {
  type LocalWorker,
  makeStateDir,
  removeStateDir,
  startWorker,
  wranglerNode,
} from '../support/wrangler.ts';

setDefaultTimeout(600_000);

const EVENTS_COUNT = process.env.SPREADSCOPE_LONG === '1' ? 10_000 : 700;
const AT_ONCE_COUNT = 25;
const COLLECTOR_DELAY_MS = 300;
const KINDS = ['plain', 'stream', 'endless', 'wait', 'throw', 'send', 'cron'] as const;
const PARENT_ID = 'b7ad6b7169203331';

type Kind = (typeof KINDS)[number];

const hasNode = requirement('a Node that wrangler accepts', wranglerNode !== null);

const traceIdOf = (index: number) => `c${index.toString(16).padStart(31, '0')}`;
const kindOf = (index: number): Kind => KINDS[index % KINDS.length] ?? 'plain';

describe.skipIf(!hasNode)('spans on workerd', () => {
  let collector: OtlpCollector;
  let stateDir: string;
  let worker: LocalWorker;

  beforeAll(async () => {
    collector = await createOtlpCollector();
    stateDir = await makeStateDir();
    const vars = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_TRACES_SAMPLER: 'always_on',
    };
    worker = await startWorker({ config: 'test/runtime/telemetry/wrangler.toml', stateDir, vars });
    const slow = { delayMs: COLLECTOR_DELAY_MS, signal: 'traces' } as const;
    collector.script(...Array.from({ length: EVENTS_COUNT }, () => slow));
  });
  afterAll(async () => {
    await worker?.stop();
    await collector?.close();
    if (stateDir !== undefined) await removeStateDir(stateDir);
  });

  const send = async (index: number): Promise<void> => {
    const kind = kindOf(index);
    if (kind === 'cron') {
      await (await fetch(`${worker.url}/cdn-cgi/handler/scheduled`)).arrayBuffer();
      return;
    }
    const abort = new AbortController();
    const headers = { traceparent: `00-${traceIdOf(index)}-${PARENT_ID}-01` };
    const response = await fetch(`${worker.url}/${kind}`, { headers, signal: abort.signal });
    expect(response.status).toBe(kind === 'throw' ? 500 : 200);
    if (kind === 'endless') {
      await response.body?.getReader().read();
      abort.abort();
    } else await response.arrayBuffer();
  };
  const countOf = (spans: readonly CollectedSpan[], wants: (span: CollectedSpan) => boolean) =>
    spans.filter(wants).length;

  test('arrive, each once, and the accounts say so', async () => {
    for (let start = 0; start < EVENTS_COUNT; start += AT_ONCE_COUNT) {
      const count = Math.min(AT_ONCE_COUNT, EVENTS_COUNT - start);
      await Promise.all(Array.from({ length: count }, (_, offset) => send(start + offset)));
    }
    const indexes = Array.from({ length: EVENTS_COUNT }, (_, index) => index);
    const numberOf = (kind: Kind) => indexes.filter((index) => kindOf(index) === kind).length;
    const requests = indexes.filter((index) => kindOf(index) !== 'cron');
    const linksCount = (spans: readonly CollectedSpan[]) =>
      spans
        .filter(({ kind }) => kind === 'CONSUMER')
        .reduce((sum, { links }) => sum + links.length, 0);
    const isAll = (spans: readonly CollectedSpan[]) =>
      countOf(spans, ({ kind }) => kind === 'SERVER') >= requests.length &&
      countOf(spans, ({ name }) => name === 'background') >= numberOf('wait') &&
      countOf(spans, ({ name }) => name === 'cron') >= numberOf('cron') &&
      linksCount(spans) >= numberOf('send');
    // Spans wait for the next event that may keep the isolate alive to send them.
    const spans = await collector.waitForSpans(isAll, 60_000).catch(() => collector.spans());
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    const servers = new Map(
      spans.filter(({ kind }) => kind === 'SERVER').map((span) => [span.traceId, span]),
    );
    expect(requests.filter((index) => !servers.has(traceIdOf(index))).map(kindOf)).toEqual([]);
    expect(countOf(spans, ({ name }) => name === 'background')).toBe(numberOf('wait'));
    expect(countOf(spans, ({ name }) => name === 'cron')).toBe(numberOf('cron'));
    expect(countOf(spans, ({ kind }) => kind === 'PRODUCER')).toBe(numberOf('send'));
    expect(linksCount(spans)).toBe(numberOf('send'));
    const health = (await (await fetch(`${worker.url}/accounts`)).json()) as {
      readonly startedCount: number;
      readonly exportedCount: number;
      readonly rejectedCount: number;
      readonly queuedCount: number;
      readonly droppedCounts: Readonly<Record<string, number>>;
    };
    expect(health).toMatchObject({ rejectedCount: 0, droppedCounts: {} });
    expect(health.exportedCount + health.queuedCount).toBe(health.startedCount);
  });
});
