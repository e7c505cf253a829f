/** Sends one batch to a misbehaving server on a fake clock and writes down what happened when. */

import type { BatchOutcome, ExportBatch } from '../../../src/telemetry/export/export-batch.ts';
import type { LossReport } from '../../../src/telemetry/export/loss-log.ts';
import {
  createOtlpTransport,
  type OtlpTransport,
} from '../../../src/telemetry/export/otlp-transport.ts';
import type { FetchFunction } from '../../../src/telemetry/export/post.ts';
import type { OtlpTransportOptions } from '../../../src/telemetry/export/transport-options.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { WAIT_MS } from '../../support/patience.ts';
import { createFaultServer, type FaultReply, type FaultServer } from './fault-server.ts';

export interface TransportRig {
  readonly server: FaultServer;
  readonly clock: FakeClock;
  readonly transport: OtlpTransport;
  /** Milliseconds on the fake clock at which requests left, from its start. */
  readonly attemptsMs: readonly number[];
  readonly reports: readonly LossReport[];
  /** Sends, and moves time on by each wait that the transport asks for, until the batch's fate is known. */
  sendAndWait(batch: ExportBatch): Promise<BatchOutcome>;
  close(): Promise<void>;
}

export async function createTransportRig(
  replies: readonly FaultReply[],
  options: Partial<OtlpTransportOptions> = {},
  send: FetchFunction = (url, init) => fetch(url, init),
): Promise<TransportRig> {
  const server = await createFaultServer(replies);
  const clock = createFakeClock();
  const attemptsMs: number[] = [];
  const reports: LossReport[] = [];
  const transport = createOtlpTransport({
    signal: 'traces',
    url: server.url,
    clock,
    random: () => 0.5,
    report: (report) => reports.push(report),
    fetch: (url, init) => {
      attemptsMs.push(clock.monotonicMs());
      return send(url, init);
    },
    ...options,
  });
  return {
    server,
    clock,
    transport,
    attemptsMs,
    reports,
    sendAndWait: (batch) => drive(server, clock, transport, batch, options.timeoutMs ?? 10_000),
    close: () => server.close(),
  };
}

/** A batch of `itemCount` items whose bytes mean nothing. */
export function toBatch(itemCount: number, bytes = 10): ExportBatch {
  return { itemCount, body: new Uint8Array(bytes).fill(7) };
}

/** Waits for real I/O: polls on the event loop, and fails after `WAIT_MS`. */
export async function until(isTrue: () => boolean, what = 'the condition'): Promise<void> {
  const limitMs = performance.now() + WAIT_MS;
  while (!isTrue()) {
    if (performance.now() > limitMs) throw new Error(`${what}: not within ${WAIT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function drive(
  server: FaultServer,
  clock: FakeClock,
  transport: OtlpTransport,
  batch: ExportBatch,
  timeoutMs: number,
): Promise<BatchOutcome> {
  let outcome: BatchOutcome | null = null;
  let sleepIndex = clock.sleepsMs.length + 1; // The first sleep is the deadline itself.
  let stalledCount = server.stalledCount;
  void transport.send(batch).then((fate) => {
    outcome = fate;
  });
  while (outcome === null) {
    await until(
      () =>
        outcome !== null ||
        clock.sleepsMs.length > sleepIndex ||
        server.stalledCount > stalledCount,
      'an answer, a wait or a stall',
    );
    const waitMs = clock.sleepsMs[sleepIndex];
    if (outcome !== null) break;
    if (waitMs === undefined) {
      stalledCount += 1;
      await clock.advance(timeoutMs);
    } else {
      sleepIndex += 1;
      await clock.advance(waitMs);
    }
  }
  return outcome;
}
