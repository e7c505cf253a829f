import { describe, expect, test } from 'bun:test';
import type { OpportunityEvent } from '../../src/domain/opportunity.ts';
import { createHub } from '../../src/pipeline/hub.ts';

const START_MS = 1_000;

function events(...ids: string[]): OpportunityEvent[] {
  return ids.map((id) => ({ type: 'opened', opportunity: { id } }) as OpportunityEvent);
}

async function take(
  stream: AsyncIterator<{ id: string; event: OpportunityEvent; missedCount: number }>,
  count: number,
) {
  const taken: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { value } = await stream.next();
    taken.push(`${value.id} ${value.event.opportunity.id} ${value.missedCount}`);
  }
  return taken;
}

describe('the hub', () => {
  test('sends what is published after subscribing, in order, to everyone', async () => {
    const hub = createHub({ startedAtMs: START_MS });
    hub.publish(events('before'));
    const streams = [1, 2].map(() =>
      hub.subscribe({ signal: new AbortController().signal })[Symbol.asyncIterator](),
    );
    const reading = streams.map((stream) => take(stream, 2));
    hub.publish(events('x', 'y'));
    for (const taken of await Promise.all(reading)) {
      expect(taken).toEqual(['1000-2 x 0', '1000-3 y 0']);
    }
  });

  test('resumes after a remembered id, and starts anew for ids of another run', async () => {
    const hub = createHub({ startedAtMs: START_MS });
    const { signal } = new AbortController();
    hub.publish(events('a', 'b', 'c'));
    const resumed = hub.subscribe({ afterId: '1000-1', signal })[Symbol.asyncIterator]();
    expect(await take(resumed, 2)).toEqual(['1000-2 b 0', '1000-3 c 0']);
    for (const afterId of ['999-1', '1000-99', '1000-x', '']) {
      const fresh = hub.subscribe({ afterId, signal })[Symbol.asyncIterator]();
      const reading = take(fresh, 1);
      hub.publish(events('later'));
      expect((await reading)[0]).toEndWith('later 0');
    }
  });

  test('tells a slow subscriber how many it missed, and remembers no more than it may', async () => {
    const hub = createHub({ startedAtMs: START_MS, rememberedCount: 3 });
    const { signal } = new AbortController();
    const slow = hub.subscribe({ afterId: '1000-0', signal })[Symbol.asyncIterator]();
    hub.publish(events('a', 'b', 'c', 'd', 'e'));
    expect(await take(slow, 3)).toEqual(['1000-3 c 2', '1000-4 d 0', '1000-5 e 0']);
  });

  test('ends streams on abort and on close, and forgets them', async () => {
    const hub = createHub({ startedAtMs: START_MS });
    const abort = new AbortController();
    const aborted = hub.subscribe({ signal: abort.signal })[Symbol.asyncIterator]().next();
    const closed = hub
      .subscribe({ signal: new AbortController().signal })
      [Symbol.asyncIterator]()
      .next();
    expect(hub.subscribersCount).toBe(2);
    abort.abort();
    expect((await aborted).done).toBe(true);
    hub.close();
    expect((await closed).done).toBe(true);
    expect(hub.subscribersCount).toBe(0);
  });
});
