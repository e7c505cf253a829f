import { describe, expect, test } from 'bun:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { context } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { countDropped } from '../../../src/telemetry/export/accounts.ts';
import type { ExportBatch } from '../../../src/telemetry/export/export-batch.ts';
import type { FetchFunction } from '../../../src/telemetry/export/post.ts';
import { createStackContextManager } from './stack-context-manager.ts';
import { createTransportRig, type TransportRig, toBatch, until } from './transport-rig.ts';

const OK = { kind: 'answer', status: 200 } as const;
const DOWN = { kind: 'answer', status: 503 } as const;

function expectBalanced(rig: TransportRig): void {
  const accounts = rig.transport.accounts();
  expect(
    accounts.exportedCount + accounts.rejectedCount + countDropped(accounts) + accounts.queuedCount,
  ).toBe(accounts.startedCount);
}

/** A backend in the process whose answers are given by hand. */
function createManualFetch() {
  const pending: Array<(response: Response) => void> = [];
  const fetch: FetchFunction = () => new Promise((resolve) => pending.push(resolve));
  return { pending, fetch };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('requests', () => {
  test('carry the content type, the headers given and the own User-Agent after the product', async () => {
    const rig = await createTransportRig([OK], {
      headers: { 'signoz-ingestion-key': 'k1' },
      userAgentProduct: 'Spreadscope/0.1.0',
    });
    await rig.sendAndWait(toBatch(1));
    const { headers, path, body } = rig.server.requests[0] ?? {};
    expect(path).toBe('/v1/traces');
    expect(headers?.['content-type']).toBe('application/x-protobuf');
    expect(headers?.['signoz-ingestion-key']).toBe('k1');
    expect(headers?.['user-agent']).toMatch(
      /^Spreadscope\/0\.1\.0 OTel-OTLP-Exporter-JavaScript\/\d+\.\d+\.\d+$/,
    );
    expect(headers?.['content-encoding']).toBeUndefined();
    expect(body).toEqual(toBatch(1).body);
    await rig.close();
  });

  test('keep a User-Agent that was given, and say themselves what their body is', async () => {
    const headers = {
      'user-agent': 'mine',
      'content-type': 'text/plain',
      'content-encoding': 'br',
    };
    const rig = await createTransportRig([OK], { headers });
    await rig.sendAndWait(toBatch(1));
    const got = rig.server.requests[0]?.headers;
    expect(got?.['user-agent']).toBe('mine');
    expect(got?.['content-type']).toBe('application/x-protobuf');
    expect(got?.['content-encoding']).toBeUndefined();
    await rig.close();
  });

  test('with a header that HTTP does not allow are refused at creation, without its value', async () => {
    const rig = createTransportRig([OK], { headers: { key: 'secret\nvalue' } });
    await expect(rig).rejects.toThrow('OTLP header "key": expected a valid name and value');
  });

  test('that cannot be compressed are lost and counted, which says nothing of the backend', async () => {
    let isBroken = true;
    const rig = await createTransportRig([OK], {
      compression: 'gzip',
      breaker: { failureThreshold: 1, openMs: 1_000, maxOpenMs: 1_000 },
      gzip: async (body) => {
        if (isBroken) throw new RangeError('no memory');
        return Uint8Array.from(gzipSync(body));
      },
    });
    const lost = await rig.sendAndWait(toBatch(3));
    expect(lost).toMatchObject({ droppedCount: 3, message: 'the request could not be compressed' });
    expect(rig.transport.accounts().droppedCounts).toEqual({ compression_failed: 3 });
    expect(rig.transport.health()).toMatchObject({ state: 'unknown', breaker: 'closed' });
    isBroken = false;
    expect((await rig.sendAndWait(toBatch(2))).exportedCount).toBe(2);
    expectBalanced(rig);
    await rig.close();
  });

  test('are compressed when gzip is asked for, the same bytes in every attempt', async () => {
    const rig = await createTransportRig([DOWN, OK], { compression: 'gzip', format: 'json' });
    await rig.sendAndWait(toBatch(1, 5_000));
    const [first, second] = rig.server.requests;
    expect(first?.headers['content-encoding']).toBe('gzip');
    expect(first?.headers['content-type']).toBe('application/json');
    expect(Uint8Array.from(gunzipSync(first?.body ?? new Uint8Array()))).toEqual(
      toBatch(1, 5_000).body,
    );
    expect(second?.body).toEqual(first?.body);
    await rig.close();
  });

  test('turn credentials in the URL into a header and keep them out of errors', async () => {
    const bare = await createTransportRig([{ kind: 'answer', status: 401 }]);
    const url = bare.server.url.replace('http://', 'http://user:se%2Fcret@');
    const rig = await createTransportRig([OK], { url });
    const outcome = await rig.transport.send(toBatch(1));
    expect(bare.server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('user:se/cret')}`);
    expect(outcome.message).toBe('HTTP 401');
    await Promise.all([bare.close(), rig.close()]);
  });

  test('are refused at creation for anything but http and https', async () => {
    const rig = createTransportRig([OK], { url: 'ftp://key@host/' });
    await expect(rig).rejects.toThrow('OTLP endpoint: expected an http or https URL');
  });

  test('reuse the connection', async () => {
    const rig = await createTransportRig([OK]);
    await rig.sendAndWait(toBatch(1));
    await rig.sendAndWait(toBatch(1));
    expect(rig.server.connectionCount).toBe(1);
    await rig.close();
  });

  test('do not exist for an empty batch', async () => {
    const rig = await createTransportRig([OK]);
    expect((await rig.transport.send(toBatch(0))).exportedCount).toBe(0);
    expect(rig.server.requests.length).toBe(0);
    await rig.close();
  });
});

describe('size', () => {
  const splittable = (items: readonly number[]): ExportBatch => ({
    itemCount: items.length,
    body: Uint8Array.from(items),
    split: () => {
      const half = Math.ceil(items.length / 2);
      return [splittable(items.slice(0, half)), splittable(items.slice(half))];
    },
  });

  test('a batch of the largest size goes in one request, one byte more in two', async () => {
    const rig = await createTransportRig([OK], { maxRequestBytes: 4 });
    await rig.transport.send(splittable([1, 2, 3, 4]));
    expect(rig.server.requests.length).toBe(1);
    const outcome = await rig.transport.send(splittable([1, 2, 3, 4, 5]));
    expect(outcome.exportedCount).toBe(5);
    expect(
      rig.server.requests
        .slice(1)
        .map(({ body }) => [...body])
        .sort(),
    ).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    await rig.close();
  });

  test('a batch that cannot be split is dropped and counted', async () => {
    const rig = await createTransportRig([OK], { maxRequestBytes: 4 });
    expect((await rig.transport.send(toBatch(1, 5))).droppedCount).toBe(1);
    expect(rig.transport.accounts().droppedCounts).toEqual({ request_too_large: 1 });
    expectBalanced(rig);
    await rig.close();
  });
});

describe('queue', () => {
  test('holds up to its items, drops the newest beyond, and reports the loss when it begins and ends', async () => {
    const { pending, fetch } = createManualFetch();
    const rig = await createTransportRig([OK], { fetch, maxQueuedItems: 10, concurrency: 1 });
    const kept = [rig.transport.send(toBatch(4)), rig.transport.send(toBatch(6))];
    expectBalanced(rig);
    const lost = await rig.transport.send(toBatch(1));
    expect(lost.droppedCount).toBe(1);
    expect((await rig.transport.send(toBatch(2))).droppedCount).toBe(2);
    expect(rig.transport.accounts()).toMatchObject({ startedCount: 13, queuedCount: 10 });
    expectBalanced(rig);
    expect(rig.reports).toEqual([{ kind: 'loss_began', signal: 'traces', reason: 'queue_full' }]);
    await rig.clock.advance(250);
    pending.shift()?.(new Response());
    await until(() => pending.length === 1);
    expect(rig.reports.length).toBe(1); // That batch had left before the loss.
    pending.shift()?.(new Response());
    await Promise.all(kept);
    expect(rig.reports[1]).toEqual({
      kind: 'loss_ended',
      signal: 'traces',
      droppedCounts: { queue_full: 3 },
      durationMs: 250,
    });
    expect(rig.transport.accounts()).toMatchObject({ exportedCount: 10, queuedCount: 0 });
    await rig.close();
  });

  test('holds up to its bytes', async () => {
    const { fetch } = createManualFetch();
    const rig = await createTransportRig([OK], { fetch, maxQueuedBytes: 20 });
    void rig.transport.send(toBatch(1, 20));
    expect((await rig.transport.send(toBatch(1, 1))).droppedCount).toBe(1);
    expect(rig.transport.health()).toMatchObject({ queuedBytes: 20 });
    await rig.close();
  });

  test('puts no more requests on the wire than allowed', async () => {
    const { pending, fetch } = createManualFetch();
    const rig = await createTransportRig([OK], { fetch, concurrency: 2 });
    for (let n = 0; n < 5; n += 1) void rig.transport.send(toBatch(1));
    await turn();
    expect(pending.length).toBe(2);
    pending.shift()?.(new Response());
    await until(() => pending.length === 2);
    expect(rig.transport.accounts()).toMatchObject({ exportedCount: 1, queuedCount: 4 });
    expectBalanced(rig);
    await rig.close();
  });

  test('says once what a backend remarks, and again when it says something else', async () => {
    const rig = await createTransportRig([
      { kind: 'answer', status: 400 },
      { kind: 'answer', status: 400 },
      { kind: 'answer', status: 404 },
    ]);
    for (let n = 0; n < 3; n += 1) await rig.transport.send(toBatch(2));
    expect(rig.reports).toEqual([
      { kind: 'backend_said', signal: 'traces', rejectedCount: 2, message: 'HTTP 400' },
      { kind: 'backend_said', signal: 'traces', rejectedCount: 2, message: 'HTTP 404' },
    ]);
    await rig.close();
  });
});

describe('circuit', () => {
  const options = {
    breaker: { failureThreshold: 2, openMs: 5_000, maxOpenMs: 8_000 },
    timeoutMs: 500,
  };

  test('opens after failures in a row, keeps what is queued, probes with one batch, and closes', async () => {
    const rig = await createTransportRig([DOWN, DOWN, DOWN, OK], options);
    await rig.transport.send(toBatch(1));
    expect(rig.transport.health()).toMatchObject({ breaker: 'closed', state: 'unreachable' });
    await rig.transport.send(toBatch(1));
    expect(rig.transport.health().breaker).toBe('open');
    const kept = [rig.transport.send(toBatch(3)), rig.transport.send(toBatch(4))];
    await rig.clock.advance(4_999);
    expect(rig.server.requests.length).toBe(2);
    await rig.clock.advance(1);
    await until(() => rig.transport.health().breaker === 'open', 'the failed probe');
    expect(rig.server.requests.length).toBe(3);
    expect(rig.transport.accounts()).toMatchObject({ queuedCount: 7 });
    expectBalanced(rig);
    await rig.clock.advance(7_999);
    expect(rig.server.requests.length).toBe(3);
    await rig.clock.advance(1);
    await Promise.all(kept);
    expect(rig.transport.accounts()).toEqual({
      startedCount: 9,
      exportedCount: 7,
      rejectedCount: 0,
      droppedCounts: { unavailable: 2 },
      queuedCount: 0,
    });
    expect(rig.transport.health()).toMatchObject({
      breaker: 'closed',
      state: 'reachable',
      lastError: null,
    });
    await rig.close();
  });

  test('a success in between starts the count again', async () => {
    const rig = await createTransportRig([DOWN, OK, DOWN, OK], options);
    for (let n = 0; n < 4; n += 1) await rig.transport.send(toBatch(1));
    expect(rig.transport.health().breaker).toBe('closed');
    await rig.close();
  });

  test('later batches respect a Retry-After that one batch could not wait for', async () => {
    const busy = { kind: 'answer', status: 429, headers: { 'retry-after': '30' } } as const;
    const rig = await createTransportRig([busy, OK]);
    await rig.transport.send(toBatch(1));
    const later = rig.transport.send(toBatch(1));
    await rig.clock.advance(29_999);
    expect(rig.server.requests.length).toBe(1);
    await rig.clock.advance(1);
    expect((await later).exportedCount).toBe(1);
    await rig.close();
  });
});

describe('flush', () => {
  test('resolves when everything queued has been answered', async () => {
    const rig = await createTransportRig([OK], { concurrency: 1 });
    for (let n = 0; n < 3; n += 1) void rig.transport.send(toBatch(1));
    await rig.transport.flush();
    expect(rig.transport.accounts()).toMatchObject({ exportedCount: 3, queuedCount: 0 });
    await rig.close();
  });

  test('resolves at its deadline and loses nothing', async () => {
    const rig = await createTransportRig([{ kind: 'hang' }]);
    void rig.transport.send(toBatch(1));
    let isFlushed = false;
    const flushed = rig.transport.flush(100).then(() => {
      isFlushed = true;
    });
    await rig.clock.advance(99);
    expect(isFlushed).toBe(false);
    await rig.clock.advance(1);
    await flushed;
    expect(rig.transport.accounts()).toMatchObject({ queuedCount: 1 });
    await rig.close();
  });

  test('does not wait for an open circuit', async () => {
    const breaker = { failureThreshold: 1, openMs: 5_000, maxOpenMs: 5_000 };
    const rig = await createTransportRig([DOWN], { breaker, timeoutMs: 500 });
    await rig.transport.send(toBatch(1));
    void rig.transport.send(toBatch(1));
    await rig.transport.flush();
    expect(rig.transport.accounts()).toMatchObject({ queuedCount: 1 });
    await rig.close();
  });
});

describe('shutdown', () => {
  test('gives up at once what waits behind an open circuit, and counts it', async () => {
    const breaker = { failureThreshold: 1, openMs: 5_000, maxOpenMs: 5_000 };
    const rig = await createTransportRig([DOWN], { breaker, timeoutMs: 500 });
    await rig.transport.send(toBatch(1));
    const waiting = rig.transport.send(toBatch(4));
    const requestsCount = rig.server.requests.length;
    await rig.transport.shutdown();
    expect(await waiting).toMatchObject({ droppedCount: 4 });
    expect(rig.server.requests.length).toBe(requestsCount);
    expect(rig.transport.accounts()).toMatchObject({
      droppedCounts: { unavailable: 1, shutdown: 4 },
      queuedCount: 0,
    });
    expectBalanced(rig);
    await rig.close();
  });

  test('makes one last attempt, without waits, where the backend never answered', async () => {
    const rig = await createTransportRig([DOWN], { concurrency: 1 });
    const sent = rig.transport.send(toBatch(2));
    await until(() => rig.server.requests.length === 1, 'the first attempt');
    await turn();
    await rig.transport.shutdown(60_000);
    expect(await sent).toMatchObject({ droppedCount: 2 });
    expect(rig.server.requests.length).toBeLessThanOrEqual(2);
    expectBalanced(rig);
    await rig.close();
  });

  test('gives up as soon as the circuit opens on the way', async () => {
    const breaker = { failureThreshold: 1, openMs: 5_000, maxOpenMs: 5_000 };
    const rig = await createTransportRig([DOWN], { breaker, timeoutMs: 500, concurrency: 1 });
    const sent = [1, 2, 3].map((count) => rig.transport.send(toBatch(count)));
    await rig.transport.shutdown(60_000);
    await Promise.all(sent);
    expect(rig.transport.accounts()).toMatchObject({ startedCount: 6, queuedCount: 0 });
    expect(rig.server.requests.length).toBeLessThanOrEqual(2);
    expectBalanced(rig);
    await rig.close();
  });

  test('sends what is queued, then takes nothing more', async () => {
    const rig = await createTransportRig([OK], { concurrency: 1 });
    for (let n = 0; n < 3; n += 1) void rig.transport.send(toBatch(1));
    await rig.transport.shutdown();
    expect((await rig.transport.send(toBatch(2))).droppedCount).toBe(2);
    expect(rig.transport.accounts()).toEqual({
      startedCount: 5,
      exportedCount: 3,
      rejectedCount: 0,
      droppedCounts: { shutdown: 2 },
      queuedCount: 0,
    });
    await rig.close();
  });

  test('is bounded: what hangs or waits is dropped and counted', async () => {
    const rig = await createTransportRig([{ kind: 'hang' }], { concurrency: 1 });
    const sent = [rig.transport.send(toBatch(1)), rig.transport.send(toBatch(2))];
    const done = rig.transport.shutdown(300);
    await rig.clock.advance(300);
    await done;
    await Promise.all(sent);
    expect(rig.transport.accounts()).toMatchObject({
      droppedCounts: { shutdown: 3 },
      queuedCount: 0,
    });
    expectBalanced(rig);
    await rig.close();
  });
});

test('an export that died with its request (frozen timers) is counted once time has moved on', async () => {
  const { pending, fetch } = createManualFetch();
  let nowMs = 0;
  const clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: () => new Promise<void>(() => {}),
  };
  const rig = await createTransportRig([OK], { fetch, clock, timeoutMs: 1_000, concurrency: 1 });
  void rig.transport.send(toBatch(2));
  nowMs = 2_000;
  const second = rig.transport.send(toBatch(1));
  expect(rig.transport.accounts()).toMatchObject({ queuedCount: 3 });
  nowMs = 2_001;
  const third = rig.transport.send(toBatch(1));
  await until(() => pending.length === 2);
  expect(rig.transport.accounts().droppedCounts).toEqual({ timeout: 2 });
  pending[1]?.(new Response());
  await second;
  await until(() => pending.length === 3);
  pending[2]?.(new Response());
  await third;
  expect(rig.transport.accounts()).toMatchObject({ exportedCount: 2, queuedCount: 0 });
  await rig.close();
});

test('its own requests are not traced', async () => {
  context.setGlobalContextManager(createStackContextManager());
  try {
    const seen: boolean[] = [];
    const fetch: FetchFunction = async () => {
      seen.push(isTracingSuppressed(context.active()));
      return new Response();
    };
    const rig = await createTransportRig([OK], { fetch });
    await rig.transport.send(toBatch(1));
    expect(seen).toEqual([true]);
    await rig.close();
  } finally {
    context.disable();
  }
});
