import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from 'bun:test';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { createNeonStore } from '../../src/store/drivers/neon.ts';
import { createPgliteStore } from '../../src/store/drivers/pglite.ts';
import type { OpportunityStore } from '../../src/store/store.ts';
import { createStoreWriter } from '../../src/store/writer.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { createSpanRecorder } from '../support/span-recorder.ts';
import { createRecordingLogger } from './recording-logger.ts';
import { sampleOpportunity } from './sample-opportunity.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const recorder = createSpanRecorder();

describe('spans of the store', () => {
  let store: OpportunityStore;

  beforeAll(async () => {
    store = await createPgliteStore({ dataDir: 'memory', tracer: recorder.tracer });
    await store.migrate();
  });
  afterAll(() => store.close());
  beforeEach(() => recorder.reset());

  test('a write is a batch span with one client span of the query below it', async () => {
    const writer = openWriter();
    writer.enqueue([sampleOpportunity({ id: 'a' }), sampleOpportunity({ id: 'b' })]);
    await writer.close(1000);
    const [batch] = recorder.childrenOf(null);
    expect(batch).toMatchObject({
      name: 'arbitrage.store_opportunities',
      kind: SpanKind.INTERNAL,
      attributes: { 'arbitrage.stored_count': 2 },
      status: { code: SpanStatusCode.UNSET },
    });
    const [query, ...others] = recorder.childrenOf(batch ?? null);
    expect(others).toEqual([]);
    expect(query).toMatchObject({ name: 'INSERT opportunities', kind: SpanKind.CLIENT });
    const { 'db.query.text': text, ...attributes } = query?.attributes ?? {};
    expect(attributes).toEqual({
      'db.system.name': 'postgresql',
      'db.system': 'postgresql',
      'db.namespace': 'postgres',
      'db.operation.name': 'INSERT',
      'db.collection.name': 'opportunities',
      'db.query.summary': 'INSERT opportunities',
    });
    expect(text).toContain('jsonb_array_elements($1::jsonb)');
  });

  test('every query has a span that shows its text and never a parameter', async () => {
    await store.find({ limit: 7, symbol: 'SECRET/SYMBOL', exchange: 'hidden', minEdgeBps: 98765 });
    await store.get('hidden-id');
    await store.closeOrphans(1_234_567_890);
    await store.prune(987_654_321);
    await store.ping();
    expect(recorder.spans().map(({ name }) => name)).toEqual([
      'SELECT opportunities',
      'SELECT opportunities',
      'UPDATE opportunities',
      'DELETE spread_windows',
      'DELETE basis_snapshots',
      'DELETE opportunities',
      'SELECT',
    ]);
    const shown = JSON.stringify(recorder.spans().map(({ attributes }) => attributes));
    expect(shown).toContain('symbol = $1::text');
    expect(shown).not.toMatch(/SECRET|hidden|98765|1234567890|987654321/);
  });

  test('a migration is one span of a batch', async () => {
    await store.migrate();
    expect(recorder.spans()).toHaveLength(1);
    expect(recorder.spans()[0]).toMatchObject({
      name: 'BATCH',
      kind: SpanKind.CLIENT,
      attributes: { 'db.operation.name': 'BATCH', 'db.operation.batch.size': 3 },
    });
  });

  test('a fault is told on both spans, once as an exception, with its SQLSTATE and without data', async () => {
    const writer = openWriter();
    writer.enqueue([{ ...sampleOpportunity({ id: 'a' }), symbol: 'BTC\0hunter2/USDT' }]);
    await writer.close(1000);
    const [query, batch] = recorder.spans();
    for (const span of [query, batch]) {
      expect(span?.status.code).toBe(SpanStatusCode.ERROR);
      expect(span?.attributes['error.type']).toBe('store_rejected');
    }
    expect(query?.attributes['db.response.status_code']).toBe('22P05');
    expect(batch?.attributes['arbitrage.stored_count']).toBe(0);
    const events = [...(query?.events ?? []), ...(batch?.events ?? [])];
    expect(events.map(({ name }) => name)).toEqual(['exception']);
    expect(JSON.stringify([events, query?.status, batch?.status])).not.toContain('hunter2');
  });

  test('the address of a server is shown and its credentials are not', async () => {
    const connectionString = 'postgres://alice:hunter2@127.0.0.1:1/prices';
    const nowhere = createNeonStore({ connectionString, tracer: recorder.tracer });
    await expect(nowhere.ping()).rejects.toMatchObject({ code: 'store_unavailable' });
    const [span] = recorder.spans();
    expect(span?.attributes).toMatchObject({
      'db.namespace': 'prices',
      'server.address': '127.0.0.1',
      'server.port': 1,
      'error.type': 'store_unavailable',
    });
    const { attributes, events, status } = span ?? {};
    expect(JSON.stringify({ attributes, events, status })).not.toMatch(/hunter2|alice/);
  });

  function openWriter() {
    return createStoreWriter(store, {
      maxQueuedCount: 10,
      batchCount: 10,
      intervalMs: 100,
      clock: createFakeClock(),
      tracer: recorder.tracer,
      logger: createRecordingLogger(),
      random: () => 0,
    });
  }
});
