/** A hub that keeps everything it was told, for tests of what stands below the pipeline. */

import type { OpportunityEvent } from '../../src/domain/opportunity.ts';
import type { HubMessage, OpportunityHub } from '../../src/pipeline/ports.ts';

type Delivered = HubMessage & { readonly missedCount: number };

interface Subscriber {
  queue: Delivered[];
  missedCount: number;
  wake: () => void;
}

/** @param capacityCount - messages a subscriber may fall behind before it loses the oldest. */
export function createMemoryHub(startedAtMs: number, capacityCount = 1_000): OpportunityHub {
  const history: HubMessage[] = [];
  const subscribers = new Set<Subscriber>();
  let isClosed = false;

  const deliver = (subscriber: Subscriber, message: HubMessage) => {
    subscriber.queue.push({ ...message, missedCount: 0 });
    if (subscriber.queue.length > capacityCount) {
      subscriber.queue.shift();
      subscriber.missedCount += 1;
    }
    subscriber.wake();
  };

  async function* iterate(subscriber: Subscriber, signal: AbortSignal): AsyncGenerator<Delivered> {
    try {
      while (!isClosed && !signal.aborted) {
        const message = subscriber.queue.shift();
        if (message === undefined) {
          await new Promise<void>((resolve) => {
            subscriber.wake = resolve;
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
          continue;
        }
        const { missedCount } = subscriber;
        subscriber.missedCount = 0;
        yield { ...message, missedCount };
      }
    } finally {
      subscribers.delete(subscriber);
    }
  }

  return {
    publish: (events: readonly OpportunityEvent[]) => {
      for (const event of events) {
        const message = { id: `${startedAtMs}-${history.length + 1}`, event };
        history.push(message);
        for (const subscriber of subscribers) deliver(subscriber, message);
      }
    },
    subscribe: ({ afterId, signal }) => {
      const subscriber: Subscriber = { queue: [], missedCount: 0, wake: () => {} };
      subscribers.add(subscriber);
      const at = history.findIndex(({ id }) => id === afterId);
      if (at >= 0) for (const message of history.slice(at + 1)) deliver(subscriber, message);
      return iterate(subscriber, signal);
    },
    get subscribersCount() {
      return subscribers.size;
    },
    close: () => {
      isClosed = true;
      for (const subscriber of subscribers) subscriber.wake();
    },
  };
}
