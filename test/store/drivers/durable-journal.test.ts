import { describe, expect, test } from 'bun:test';
import { trace } from '@opentelemetry/api';
import type { Opportunity } from '../../../src/domain/opportunity.ts';
import { createDurableStore } from '../../../src/store/drivers/durable.ts';
import { createDurableJournal } from '../../../src/store/drivers/durable-journal.ts';
import { createLocalStorage } from '../../support/durable-storage.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createRecordingLogger } from '../recording-logger.ts';
import { sampleOpportunity } from '../sample-opportunity.ts';

async function createWorld(hasDatabaseBeyond = true) {
  const storage = createLocalStorage();
  const clock = createFakeClock();
  const tracer = trace.getTracer('test');
  const store = createDurableStore({ storage, tracer });
  await store.migrate();
  const logger = createRecordingLogger();
  const open = () =>
    createDurableJournal({
      storage,
      hasDatabaseBeyond,
      clock,
      tracer,
      logger,
      inject: (carrier) => {
        carrier.traceparent = 'of the round';
      },
    });
  return { storage, clock, store, open, journal: open() };
}

const opened = (id: string, revision = 1): Opportunity => sampleOpportunity({ id, revision });
const closed = (id: string, revision = 3): Opportunity =>
  sampleOpportunity({ id, revision, closedAtMs: 1_700_000_000_500 });

describe('the journal', () => {
  test('writes an opportunity and its row together, with the trace of the round', async () => {
    const { journal, store } = await createWorld();
    // What competes may have changed in the round that opened it.
    journal.enqueue([opened('a', 2)]);
    expect(await store.get('a')).toEqual(opened('a', 2));
    expect(journal.waiting(0, 10)).toEqual([
      {
        sequence: 1,
        type: 'opened',
        opportunity: opened('a', 2),
        trace: { traceparent: 'of the round' },
      },
    ]);
    journal.enqueue([closed('a')]);
    expect(journal.after(1, 10).map(({ type, sequence }) => [type, sequence])).toEqual([
      ['closed', 2],
    ]);
  });

  test('keeps its accounts: detected = stored + outbox', async () => {
    const { journal } = await createWorld();
    journal.enqueue([opened('a'), opened('b'), closed('a')]);
    expect(journal.accounts()).toEqual({ detectedCount: 3, storedCount: 0, outboxCount: 3 });
    expect(journal.acknowledge([1, 3])).toBe(2);
    expect(journal.acknowledge([1, 3, 99])).toBe(0);
    expect(journal.accounts()).toEqual({ detectedCount: 3, storedCount: 2, outboxCount: 1 });
    expect(journal.waiting(0, 10).map(({ sequence }) => sequence)).toEqual([2]);
  });

  test('stores at once where there is no database beyond', async () => {
    const { journal } = await createWorld(false);
    journal.enqueue([opened('a')]);
    expect(journal.accounts()).toEqual({ detectedCount: 1, storedCount: 1, outboxCount: 0 });
    expect(journal.waiting(0, 10)).toEqual([]);
    expect(journal.after(0, 10)).toHaveLength(1);
  });

  test('writes changes a second later, the newest alone and without a row', async () => {
    const { journal, store, clock } = await createWorld();
    journal.enqueue([opened('a')]);
    journal.enqueue([opened('a', 2)]);
    journal.enqueue([opened('a', 3)]);
    expect((await store.get('a'))?.revision).toBe(1);
    expect(journal.stats()).toMatchObject({ queuedCount: 1, supersededCount: 1 });
    await clock.advance(1_000);
    expect((await store.get('a'))?.revision).toBe(3);
    expect(journal.accounts().detectedCount).toBe(1);
  });

  test('goes on where it was, and closes in itself what nobody saw the end of', async () => {
    const { journal, open, clock } = await createWorld();
    journal.enqueue([opened('a'), opened('b'), closed('b')]);
    journal.acknowledge([1]);
    await clock.advance(5_000);
    const next = open();
    expect([next.beganAtMs, next.lastSequence]).toEqual([journal.beganAtMs, 4]);
    expect(next.after(3, 10)).toMatchObject([
      {
        sequence: 4,
        type: 'closed',
        opportunity: { id: 'a', closeReason: 'shutdown', revision: 2 },
      },
    ]);
    expect(next.accounts()).toEqual({ detectedCount: 4, storedCount: 1, outboxCount: 3 });
    expect(open().lastSequence).toBe(4);
  });

  test('keeps what cannot be written, and writes it when it can', async () => {
    const { journal, storage, store, clock } = await createWorld();
    storage.setBroken(true);
    journal.enqueue([opened('a')]);
    expect(journal.stats()).toMatchObject({ state: 'retrying', queuedCount: 1, failuresCount: 1 });
    storage.setBroken(false);
    await clock.advance(1_000);
    expect(journal.stats()).toMatchObject({ state: 'idle', queuedCount: 0, lastError: null });
    expect(await store.get('a')).toEqual(opened('a'));
    expect(journal.accounts().detectedCount).toBe(1);
  });

  test('forgets rows that are stored and old, and no others', async () => {
    const { journal, clock } = await createWorld();
    journal.enqueue([opened('a'), opened('b')]);
    journal.acknowledge([1]);
    await clock.advance(10);
    expect(journal.forget(clock.nowMs() - 10)).toBe(0);
    expect(journal.forget(clock.nowMs())).toBe(1);
    expect(journal.after(0, 10).map(({ sequence }) => sequence)).toEqual([2]);
    expect(journal.accounts()).toEqual({ detectedCount: 2, storedCount: 1, outboxCount: 1 });
  });
});
