import { describe, expect, test } from 'bun:test';
import { createOutboxSender } from '../../../src/entry/workers/outbox-sender.ts';
import type { QueueMessageBody } from '../../../src/entry/workers/queue-message.ts';
import type { JournalRow } from '../../../src/store/journal.ts';
import { createTelemetry } from '../../../src/telemetry/create-telemetry.ts';
import { sampleOpportunity } from '../../store/sample-opportunity.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const RESEND_MS = 10_000;
const traceOf = (digit: string) => ({
  traceparent: `00-${digit.repeat(32)}-${digit.repeat(16)}-01`,
});

function createWorld() {
  const clock = createFakeClock();
  const sent: QueueMessageBody[] = [];
  let rows: JournalRow[] = [];
  const world = { isDown: false };
  const journal = {
    get lastSequence() {
      return rows.at(-1)?.sequence ?? 0;
    },
    waiting: (sequence: number, limit: number) =>
      rows.filter((row) => row.sequence > sequence).slice(0, limit),
  };
  const telemetry = createTelemetry({
    serviceName: 'test',
    env: { OTEL_TRACES_EXPORTER: 'none', TELEMETRY_RECENT_TRACES: '50' },
    log: { write: () => undefined },
  });
  const sender = createOutboxSender({
    journal,
    queue: {
      send: async (body) => {
        if (world.isDown) throw new Error('queue unavailable');
        sent.push(body);
      },
    },
    shard: 'market-1',
    resendMs: RESEND_MS,
    clock,
    telemetry,
  });
  const add = (count: number, trace: JournalRow['trace'] = {}) => {
    for (let index = 0; index < count; index += 1) {
      const sequence = journal.lastSequence + 1;
      const opportunity = sampleOpportunity({ id: `o${sequence}` });
      rows = [...rows, { sequence, type: 'opened', opportunity, trace }];
    }
  };
  const store = (sequence: number) => {
    rows = rows.filter((row) => row.sequence !== sequence);
  };
  const sequences = () => sent.splice(0).map((body) => body.sequences);
  return { clock, world, sender, add, store, sent, sequences, telemetry };
}

describe('the sender of the outbox', () => {
  test('sends rows of one round together, in its trace', async () => {
    const { sender, add, sent, telemetry } = createWorld();
    add(2, traceOf('a'));
    add(1, traceOf('b'));
    await sender.send();
    expect(sent.map((body) => [body.shard, body.sequences])).toEqual([
      ['market-1', [1, 2]],
      ['market-1', [3]],
    ]);
    const [newest] = telemetry.recentTraces.list(1);
    const [span] = newest?.spans ?? [];
    expect(span?.name).toBe('send opportunities');
    expect(span?.parentSpanContext?.spanId).toBe('b'.repeat(16));
    expect(sent[1]?.trace.traceparent).toContain(span?.spanContext().spanId ?? 'no span');
  });

  test('parts what is too much for one message: 20 rows, the 21st goes in the next', async () => {
    const { sender, add, sequences } = createWorld();
    add(21, traceOf('a'));
    await sender.send();
    expect(sequences().map(({ length }) => length)).toEqual([20, 1]);
  });

  test('sends each once, and what failed by the next call', async () => {
    const { sender, add, sequences, world } = createWorld();
    add(1);
    await sender.send();
    world.isDown = true;
    add(1);
    await sender.send();
    expect(sequences()).toEqual([[1]]);
    world.isDown = false;
    await sender.send();
    await sender.send();
    expect(sequences()).toEqual([[2]]);
  });

  test('sends again what is not stored after its time, and nothing that is', async () => {
    const { sender, add, sequences, store, clock } = createWorld();
    add(2);
    await sender.send();
    expect(sequences()).toEqual([[1, 2]]);
    store(1);
    await clock.advance(RESEND_MS - 1);
    await sender.send();
    expect(sequences()).toEqual([]);
    await clock.advance(1);
    // The period in which they were sent has ended; one whole period more is theirs.
    await sender.send();
    await clock.advance(RESEND_MS);
    await sender.send();
    expect(sequences()).toEqual([[2]]);
    store(2);
    await clock.advance(RESEND_MS);
    await sender.send();
    expect(sequences()).toEqual([]);
  });
});
