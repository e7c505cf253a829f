import { describe, expect, test } from 'bun:test';
import { WriteQueue } from '../../src/store/write-queue.ts';
import { sampleOpportunity } from './sample-opportunity.ts';

const at = (id: string, revision = 1) => sampleOpportunity({ id, revision });
const takeIds = (queue: WriteQueue, count: number) =>
  queue.take(count).map(({ opportunity }) => `${opportunity.id}${opportunity.revision}`);

describe('the write queue', () => {
  test('keeps the newest revision of an id, at the place of the first', () => {
    const queue = new WriteQueue(10);
    for (const item of [at('a', 1), at('b', 1), at('a', 3), at('a', 2)]) queue.add(item);
    expect(queue.accounts()).toMatchObject({
      enqueuedCount: 4,
      supersededCount: 2,
      queuedCount: 2,
    });
    expect(takeIds(queue, 5)).toEqual(['a3', 'b1']);
  });

  test('takes in as many ids as it may hold and no more, those being written included', () => {
    const queue = new WriteQueue(2);
    expect(queue.add(at('a'))).toBeNull();
    queue.take(1);
    expect(queue.add(at('b'))).toBeNull();
    expect(queue.add(at('c'))).toBe('queue_full');
    expect(queue.add(at('b', 2))).toBeNull();
    expect(queue.accounts().droppedCounts).toEqual({
      queue_full: 1,
      rejected: 0,
      fenced: 0,
      closed: 0,
    });
  });

  test('puts back to the front, and drops the older of two revisions', () => {
    const queue = new WriteQueue(10);
    for (const item of [at('a', 1), at('b', 5)]) queue.add(item);
    const batch = queue.take(2);
    for (const item of [at('c', 1), at('a', 2), at('b', 4)]) queue.add(item);
    queue.giveBack(batch);
    expect(queue.accounts()).toMatchObject({ supersededCount: 2, queuedCount: 3 });
    expect(takeIds(queue, 5)).toEqual(['a2', 'b5', 'c1']);
  });

  test('knows the oldest entry that is not written yet', () => {
    const queue = new WriteQueue(10);
    expect(queue.oldestSequence).toBe(Infinity);
    queue.add(at('a'));
    const batch = queue.take(1);
    queue.add(at('a', 2));
    expect(queue.oldestSequence).toBe(0);
    queue.acknowledge(batch);
    expect(queue.oldestSequence).toBe(1);
  });

  test('drops and counts everything when it closes, once', () => {
    const queue = new WriteQueue(10);
    for (const item of [at('a'), at('b')]) queue.add(item);
    const batch = queue.take(1);
    queue.close();
    queue.acknowledge(batch);
    queue.giveBack(batch);
    expect(queue.add(at('c'))).toBe('closed');
    expect(queue.accounts()).toEqual({
      enqueuedCount: 3,
      writtenCount: 0,
      supersededCount: 0,
      droppedCounts: { queue_full: 0, rejected: 0, fenced: 0, closed: 3 },
      queuedCount: 0,
    });
  });
});
