import { describe, expect, test } from 'bun:test';
import type { OpportunityEvent } from '../../src/domain/opportunity.ts';
import { createJournalHub } from '../../src/pipeline/journal-hub.ts';
import type { JournalRow } from '../../src/store/journal.ts';
import { sampleOpportunity } from '../store/sample-opportunity.ts';

function createWorld() {
  let rows: JournalRow[] = [];
  const journal = {
    beganAtMs: 7,
    lastSequence: 0,
    after: (sequence: number, limit: number) =>
      rows.filter((row) => row.sequence > sequence).slice(0, limit),
  };
  const hub = createJournalHub(journal);
  const stop = new AbortController();
  const publish = (type: OpportunityEvent['type'], id: string) => {
    const opportunity = sampleOpportunity({ id });
    if (type !== 'updated') {
      journal.lastSequence += 1;
      rows.push({ sequence: journal.lastSequence, type, opportunity, trace: {} });
    }
    hub.publish([{ type, opportunity }]);
  };
  const follow = (afterId?: string) => {
    const options = { signal: stop.signal, ...(afterId === undefined ? {} : { afterId }) };
    const messages = hub.subscribe(options)[Symbol.asyncIterator]();
    return async () => {
      const { value } = await messages.next();
      return value === undefined
        ? null
        : [value.id, value.event.type, value.event.opportunity.id, value.missedCount];
    };
  };
  const forget = (count: number) => {
    rows = rows.slice(count);
  };
  return { hub, publish, follow, forget, stop, journal };
}

describe('the hub over a journal', () => {
  test('tells what comes, changes with the place of the row before them', async () => {
    const { publish, follow, hub } = createWorld();
    const next = follow();
    const first = next();
    publish('opened', 'a');
    expect(await first).toEqual(['7-1', 'opened', 'a', 0]);
    publish('updated', 'a');
    publish('closed', 'a');
    expect(await next()).toEqual(['7-1', 'updated', 'a', 0]);
    expect(await next()).toEqual(['7-2', 'closed', 'a', 0]);
    expect(hub.lastId).toBe('7-2');
  });

  test('gives a client that comes back every row since, whoever wrote it', async () => {
    const { publish, follow, journal } = createWorld();
    publish('opened', 'a');
    publish('opened', 'b');
    publish('closed', 'a');
    // Another run of the program over the same journal.
    const later = createJournalHub(journal);
    const messages = later.subscribe({ afterId: '7-1', signal: new AbortController().signal });
    const ids: string[] = [];
    for await (const { id } of messages) {
      ids.push(id);
      if (ids.length === 2) break;
    }
    expect(ids).toEqual(['7-2', '7-3']);
    expect(later.subscribersCount).toBe(0);
    const next = follow('7-2');
    expect(await next()).toEqual(['7-3', 'closed', 'a', 0]);
  });

  test('counts rows that are gone', async () => {
    const { publish, follow, forget } = createWorld();
    for (const id of ['a', 'b', 'c']) publish('opened', id);
    forget(2);
    expect(await follow('7-0')()).toEqual(['7-3', 'opened', 'c', 2]);
    forget(3);
    const next = follow('7-1')();
    publish('opened', 'd');
    expect(await next).toEqual(['7-4', 'opened', 'd', 2]);
  });

  test.each(['8-1', '7-99', '7-x', 'nonsense'])('begins now for the place %s', async (place) => {
    const { publish, follow } = createWorld();
    publish('opened', 'a');
    const next = follow(place)();
    publish('opened', 'b');
    expect(await next).toEqual(['7-2', 'opened', 'b', 0]);
  });

  test('ends with the hub, and when the client goes', async () => {
    const { follow, hub, stop, publish } = createWorld();
    const waiting = follow()();
    await Promise.resolve();
    expect(hub.subscribersCount).toBe(1);
    stop.abort();
    expect(await waiting).toBeNull();
    expect(hub.subscribersCount).toBe(0);
    publish('opened', 'a');
    hub.close();
    const after = hub.subscribe({ signal: new AbortController().signal });
    expect((await after[Symbol.asyncIterator]().next()).done).toBe(true);
  });
});
