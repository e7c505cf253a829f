/** The deployment as `wrangler dev` serves it on local workerd, with nothing configured but a seed. */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { eventually } from '../support/eventually.ts';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { requirement } from '../support/requirement.ts';
import {
  type LocalWorker,
  makeStateDir,
  removeStateDir,
  startWorker,
  wranglerNode,
} from '../support/wrangler.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';
/** This seed's first opportunity opens after 2.7 s, the default one's after 26 s. */
const SEED = { SYNTHETIC_SEED: '4' };

interface Listed {
  readonly id: string;
  readonly state: string;
  readonly closeReason: string | null;
}

interface Page {
  readonly source: string;
  readonly opportunities: readonly Listed[];
}

const hasNode = requirement('a Node that wrangler accepts', wranglerNode !== null);

describe.skipIf(!hasNode)('the deployment on workerd', () => {
  let collector: OtlpCollector;
  let stateDir: string;
  let worker: LocalWorker;

  const start = () => {
    const vars = {
      ...SEED,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '200',
    };
    return startWorker({ config: 'wrangler.toml', stateDir, vars });
  };
  const getJson = async (path: string) => (await fetch(worker.url + path)).json();
  const firstListed = () =>
    eventually('an opportunity is stored', async () => {
      const page = (await getJson('/api/opportunities?limit=200')) as Page;
      return page.opportunities[0] === undefined ? null : page;
    });

  beforeAll(async () => {
    collector = await createOtlpCollector();
    stateDir = await makeStateDir();
    worker = await start();
  });
  afterAll(async () => {
    await worker?.stop();
    await collector?.close();
    await removeStateDir(stateDir);
  });

  test('is ready, keeps its data in the Durable Object and says that its market is synthetic', async () => {
    await eventually('it is ready', async () =>
      (await fetch(`${worker.url}/ready`)).ok ? true : null,
    );
    expect(await getJson('/ready')).toMatchObject({
      components: { store: { driver: 'durable' }, cache: { driver: 'durable', state: 'ok' } },
    });
    expect(await (await fetch(`${worker.url}/`)).text()).toContain('synthetic');
    expect((await fetch(`${worker.url}/docs`)).status).toBe(200);
    expect(await getJson('/openapi.json')).toMatchObject({ openapi: '3.1.0' });
  });

  test('finds opportunities', async () => {
    const { source, opportunities } = await firstListed();
    expect(source).toBe('synthetic');
    const id = opportunities[0]?.id ?? '';
    expect(await getJson(`/api/opportunities/${id}`)).toMatchObject({ opportunity: { id } });
  });

  test('streams them, and lets go when the client does', async () => {
    const abort = new AbortController();
    const response = await fetch(`${worker.url}/api/opportunities/stream`, {
      signal: abort.signal,
    });
    expect(response.headers.get('content-type')).toStartWith('text/event-stream');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    let streamed = '';
    while (!/event: (opened|updated|closed)\ndata: \{/.test(streamed)) {
      const { done, value } = await reader.read();
      if (done) throw new Error(`the stream ended after: ${streamed}`);
      streamed += decoder.decode(value, { stream: true });
    }
    abort.abort();
  });

  test('continues a trace that a caller sends in, and exports detection rounds', async () => {
    await fetch(`${worker.url}/api/exchanges`, {
      headers: { traceparent: `00-${TRACE_ID}-${PARENT_ID}-01` },
    });
    const spans = await collector.waitForSpans((all) => {
      const names = new Set(all.map(({ name }) => name));
      return (
        names.has('arbitrage.detect_opportunities') &&
        names.has('INSERT opportunities') &&
        all.filter(({ traceId }) => traceId === TRACE_ID).length === 2
      );
    });
    const ofTrace = spans.filter(({ traceId }) => traceId === TRACE_ID);
    const edge = ofTrace.find(({ parentSpanId }) => parentSpanId === PARENT_ID);
    const market = ofTrace.find((span) => span !== edge);
    expect(edge).toMatchObject({ name: 'GET', kind: 'SERVER' });
    expect(market).toMatchObject({
      name: 'GET /api/exchanges',
      kind: 'SERVER',
      parentSpanId: edge?.spanId,
      attributes: { 'http.route': '/api/exchanges' },
    });
    expect(spans.find(({ name }) => name === 'INSERT opportunities')).toMatchObject({
      kind: 'CLIENT',
      attributes: { 'db.system.name': 'sqlite' },
    });
  });

  test('delivers both spans of every request, of whole and of aborted answers', async () => {
    collector.clear();
    const traceIdOf = (index: number) => `a${index.toString(16).padStart(31, '0')}`;
    const send = async (index: number) => {
      const abort = new AbortController();
      const path = index % 10 === 0 ? '/api/opportunities/stream' : '/api/exchanges';
      const headers = { traceparent: `00-${traceIdOf(index)}-${PARENT_ID}-01` };
      const response = await fetch(worker.url + path, { headers, signal: abort.signal });
      if (index % 10 === 0) abort.abort();
      else await response.arrayBuffer();
    };
    for (let start = 0; start < 300; start += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, offset) => send(start + offset)));
    }
    const countOf = (traceId: string, all: readonly { readonly traceId: string }[]) =>
      all.filter((span) => span.traceId === traceId).length;
    const wanted = Array.from({ length: 300 }, (_, index) => traceIdOf(index));
    const isMine = (span: { readonly kind: string }) => span.kind === 'SERVER';
    const spans = await collector.waitForSpans(
      (all) => all.filter(isMine).length >= 2 * wanted.length,
    );
    expect(wanted.filter((id) => countOf(id, spans.filter(isMine)) !== 2)).toEqual([]);
  });

  test('goes on while nobody asks', async () => {
    const getStatus = async () =>
      (await getJson('/api/status')) as {
        readonly startedAtMs: number;
        readonly pipeline: { readonly roundsCount: number };
      };
    const before = await getStatus();
    // An object without events is taken out of memory after 10 s.
    await Bun.sleep(14_000);
    const after = await getStatus();
    expect(after.startedAtMs).toBe(before.startedAtMs);
    expect(after.pipeline.roundsCount).toBeGreaterThan(before.pipeline.roundsCount + 30);
  });

  test('keeps what it stored when it is killed, and closes what was open', async () => {
    const before = await firstListed();
    await worker.stop();
    worker = await start();
    const after = (await getJson('/api/opportunities?limit=200')) as Page;
    for (const { id, state } of before.opportunities) {
      const kept = after.opportunities.find((listed) => listed.id === id);
      expect(kept?.state).toBe('closed');
      if (state === 'open') expect(kept?.closeReason).not.toBeNull();
    }
  });
});

describe.skipIf(!hasNode)('a deployment that is configured for what Workers do not have', () => {
  test.each([
    ['FEED', 'ccxt'],
    ['DATABASE_URL', 'postgres://user:hunter2@host/database'],
  ])('says so: %s', async (name, value) => {
    const stateDir = await makeStateDir();
    const vars = { [name]: value };
    const worker = await startWorker({ config: 'wrangler.toml', stateDir, vars });
    try {
      const response = await fetch(`${worker.url}/api/opportunities`);
      expect(response.status).toBe(503);
      const problem = await response.text();
      expect(problem).toContain(name);
      expect(problem).not.toContain('hunter2');
    } finally {
      await worker.stop();
      await removeStateDir(stateDir);
    }
  });
});
