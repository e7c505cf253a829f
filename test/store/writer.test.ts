import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from 'bun:test';
import { trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { SpreadscopeError } from '../../src/domain/errors.ts';
import type { Opportunity } from '../../src/domain/opportunity.ts';
import { createPgliteStore } from '../../src/store/drivers/pglite.ts';
import type { OpportunityStore } from '../../src/store/store.ts';
import { createStoreWriter, type StoreWriter } from '../../src/store/writer.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { createFaultyStore, type FaultyStore } from './faulty-store.ts';
import { createRecordingLogger, type RecordingLogger } from './recording-logger.ts';
import { sampleOpportunity } from './sample-opportunity.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const tracer = trace.getTracer('test');
const at = (id: string, revision = 1) => sampleOpportunity({ id, revision });
const some = (count: number) => Array.from({ length: count }, (_, index) => at(`n${index}`));
const unavailable = () => {
  throw new SpreadscopeError('store_unavailable', 'store: the database is away');
};

describe('the store writer', () => {
  let database: OpportunityStore;
  let store: FaultyStore;
  let clock: FakeClock;
  let logger: RecordingLogger;
  let writer: StoreWriter;

  beforeAll(async () => {
    database = await createPgliteStore({ dataDir: 'memory', tracer });
    await database.migrate();
  });
  afterAll(() => database.close());

  beforeEach(async () => {
    await database.closeOrphans(0);
    await database.prune(Number.MAX_SAFE_INTEGER);
    store = createFaultyStore(database);
    clock = createFakeClock();
    logger = createRecordingLogger();
    writer = createStoreWriter(store, {
      maxQueuedCount: 6,
      batchCount: 4,
      intervalMs: 100,
      timeoutMs: 1000,
      clock,
      tracer,
      logger,
      random: () => 1,
    });
  });

  afterEach(async () => {
    store.setFault(() => {});
    await Promise.all([writer.close(1000), clock.advance(1000)]);
    expectAccounts(writer);
  });

  test('waits for the interval, then writes what has gathered in one batch', async () => {
    writer.enqueue([at('a')]);
    await clock.advance(50);
    writer.enqueue([at('b'), at('a', 2)]);
    await clock.advance(49);
    expect(store.writeCounts).toEqual([]);
    await clock.advance(1);
    await untilWritten(2);
    expect(store.writeCounts).toEqual([2]);
    expect(await database.get('a')).toEqual(at('a', 2));
    expect(writer.stats()).toMatchObject({ supersededCount: 1, lastError: null });
  });

  test('does not wait when a batch is full', async () => {
    writer.enqueue(some(5));
    await untilWritten(4);
    expect(store.writeCounts).toEqual([4]);
    await clock.advance(100);
    await untilWritten(5);
    expect(store.writeCounts).toEqual([4, 1]);
  });

  test('sleeps on no timer while there is nothing to write', async () => {
    writer.enqueue([at('a')]);
    await clock.advance(100);
    await untilWritten(1);
    await clock.advance(10_000);
    expect(writer.stats().state).toBe('idle');
    expect(clock.sleepsMs.filter((durationMs) => durationMs === 100)).toHaveLength(1);
  });

  test('flushes at once and says when all is written', async () => {
    writer.enqueue(some(6));
    expect(await writer.flush(1000)).toBe(true);
    expect(writer.stats()).toMatchObject({ writtenCount: 6, queuedCount: 0 });
    expect(await writer.flush(1000)).toBe(true);
  });

  test('flushes while more keeps coming', async () => {
    writer.enqueue(some(2));
    store.setFault(() => writer.enqueue([at(`more${store.writeCounts.length}`)]));
    expect(await writer.flush(1000)).toBe(true);
    store.setFault(() => {});
  });

  test('says when there was not enough time to flush', async () => {
    store.setFault(() => new Promise(() => {}));
    writer.enqueue(some(2));
    const flushed = writer.flush(500);
    await clock.advance(500);
    expect(await flushed).toBe(false);
    expect(writer.stats()).toMatchObject({ state: 'writing', queuedCount: 2 });
  });

  test('drops what is new when the queue is full, counts it, and says so once', async () => {
    store.setFault(unavailable);
    writer.enqueue(some(6));
    writer.enqueue([at('x'), at('y'), at('n0', 2)]);
    expect(writer.stats()).toMatchObject({ droppedCount: 2, supersededCount: 1, queuedCount: 6 });
    expect(writer.stats().droppedCounts).toEqual({
      queue_full: 2,
      rejected: 0,
      fenced: 0,
      closed: 0,
    });
    const drops = logger.lines.filter((line) => line.includes('queue is full'));
    expect(drops).toEqual(['warn store: the queue is full, opportunities are dropped']);
  });

  test('tries again after longer and longer waits, up to a bound, until it succeeds', async () => {
    store.setFault(unavailable);
    writer.enqueue([at('a')]);
    await clock.advance(100);
    expect(writer.stats()).toMatchObject({ state: 'retrying', failuresCount: 1, writtenCount: 0 });
    expect(writer.stats().lastError).toBe('store: the database is away');
    for (const waitMs of [200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]) {
      const before = store.writeCounts.length;
      await clock.advance(waitMs - 1);
      expect(store.writeCounts.length).toBe(before);
      await clock.advance(1);
      expect(store.writeCounts.length).toBe(before + 1);
    }
    store.setFault(() => {});
    await clock.advance(30_000);
    await untilWritten(1);
    expect(writer.stats()).toMatchObject({ state: 'idle', lastError: null, failuresCount: 11 });
    expect(logger.lines).toEqual([
      'warn store: writes fail and are tried again',
      'info store: writes succeed again',
    ]);
  });

  test('does not hammer a failing store when more comes, but obeys a flush', async () => {
    store.setFault(unavailable);
    writer.enqueue([at('a')]);
    await clock.advance(100);
    writer.enqueue(some(5));
    await clock.advance(199);
    expect(store.writeCounts).toEqual([1]);
    store.setFault(() => {});
    expect(await writer.flush(1000)).toBe(true);
    expect(store.writeCounts).toEqual([1, 4, 2]);
  });

  test('writes the newest revision when one came while the older failed', async () => {
    store.setFault(() => {
      writer.enqueue([at('a', 2)]);
      unavailable();
    });
    writer.enqueue([at('a', 1)]);
    await clock.advance(100);
    store.setFault(() => {});
    await clock.advance(200);
    await untilWritten(1);
    expect(await database.get('a')).toEqual(at('a', 2));
  });

  test('takes a write that hangs for failed and goes on; when it ends late, it does no harm', async () => {
    const release = Promise.withResolvers<void>();
    store.setFault(() => release.promise);
    writer.enqueue([at('a')]);
    await clock.advance(100);
    await clock.advance(999);
    expect(writer.stats().state).toBe('writing');
    await clock.advance(1);
    expect(writer.stats()).toMatchObject({ state: 'retrying', failuresCount: 1 });
    expect(writer.stats().lastError).toBe('store: no answer within 1000 ms');
    store.setFault(() => {});
    writer.enqueue([at('a', 2)]);
    await clock.advance(200);
    await untilWritten(1);
    release.resolve();
    await clock.advance(0);
    expect(await database.get('a')).toEqual(at('a', 2));
  });

  test('loses only the opportunity that the database refuses', async () => {
    const bad: Opportunity = { ...at('bad'), symbol: 'BTC\0/USDT' };
    writer.enqueue([at('a'), bad, at('b'), at('c')]);
    await untilWritten(3);
    expect(writer.stats().droppedCounts).toEqual({
      queue_full: 0,
      rejected: 1,
      fenced: 0,
      closed: 0,
    });
    const { opportunities } = await database.find({ limit: 10 });
    expect(opportunities.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    expect(logger.lines).toEqual(['warn store: opportunities were refused and are dropped']);
  });

  test('keeps the rest of a batch when the database goes away between two halves', async () => {
    store.setFault((batch) => {
      if (store.writeCounts.length > 1) unavailable();
      if (batch.length > 1) throw new SpreadscopeError('store_rejected', 'store: refused');
    });
    writer.enqueue(some(4));
    await clock.advance(0);
    expect(writer.stats()).toMatchObject({ state: 'retrying', queuedCount: 4, writtenCount: 0 });
    store.setFault(() => {});
    await clock.advance(200);
    await untilWritten(4);
  });

  test('writes the rest when it closes, then refuses and counts', async () => {
    writer.enqueue(some(3));
    await writer.close(1000);
    writer.enqueue([at('late')]);
    expect(writer.stats()).toMatchObject({ state: 'closed', writtenCount: 3, droppedCount: 1 });
    expect(await database.get('late')).toBeNull();
  });

  test('closes in time when the store hangs, and counts what it gives up', async () => {
    store.setFault(() => new Promise(() => {}));
    writer.enqueue(some(3));
    const closed = Promise.all([writer.close(500), writer.close(500)]);
    await clock.advance(500);
    await closed;
    expect(writer.stats()).toMatchObject({ state: 'closed', writtenCount: 0, queuedCount: 0 });
    expect(writer.stats().droppedCounts.closed).toBe(3);
  });

  test('accounts for everything at every moment, and ends with the newest revisions', async () => {
    let runsCount = 0;
    let checkedCount = 0;
    const faults = {
      none: () => {},
      unavailable,
      rejected: () => {
        throw new SpreadscopeError('store_rejected', 'store: refused');
      },
      hanging: () => new Promise<void>(() => {}),
    };
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('enqueue'),
        id: fc.nat(9),
        revision: fc.integer({ min: 1, max: 9 }),
      }),
      fc.record({ kind: fc.constant('fault'), fault: fc.constantFrom(...Object.keys(faults)) }),
      fc.record({ kind: fc.constant('advance'), durationMs: fc.nat(1500) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        runsCount += 1;
        const newest = new Map<string, number>();
        const before = writer.stats();
        for (const current of steps) {
          if ('id' in current) {
            const item = at(`run${runsCount}:${current.id}`, current.revision);
            writer.enqueue([item]);
            newest.set(item.id, Math.max(newest.get(item.id) ?? 0, item.revision));
          } else if ('fault' in current) {
            store.setFault(Reflect.get(faults, current.fault));
          } else {
            await clock.advance(current.durationMs);
          }
          expectAccounts(writer);
        }
        store.setFault(() => {});
        // More than a write that hangs may take.
        await clock.advance(1000);
        expect(await writer.flush(60_000)).toBe(true);
        expectAccounts(writer);
        if (writer.stats().droppedCount > before.droppedCount) return;
        checkedCount += 1;
        for (const [id, revision] of newest) {
          expect((await database.get(id))?.revision).toBe(revision);
        }
      }),
      { numRuns: 100, seed: 1 },
    );
    expect(checkedCount).toBeGreaterThan(20);
  });

  /** Real writes take real time: lets it pass until the count is reached, at most one second. */
  async function untilWritten(count: number): Promise<void> {
    for (let turn = 0; turn < 1000 && writer.stats().writtenCount < count; turn += 1) {
      await Bun.sleep(1);
    }
    expect(writer.stats().writtenCount).toBe(count);
  }
});

function expectAccounts(writer: StoreWriter): void {
  const { enqueuedCount, writtenCount, supersededCount, droppedCount, queuedCount } =
    writer.stats();
  expect(writtenCount + supersededCount + droppedCount + queuedCount).toBe(enqueuedCount);
}
