import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { createTelemetry, failSpan, type Telemetry, withSpan } from '../../src/telemetry/index.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import { createTestTelemetry, TRACERS, toTracerOptions } from './support.ts';

let collector: OtlpCollector;
beforeAll(async () => {
  collector = await createOtlpCollector();
});
afterEach(() => collector.clear());
afterAll(() => collector.close());

function endSpans(telemetry: Telemetry, count: number): void {
  for (let index = 0; index < count; index += 1) telemetry.tracer.startSpan('work').end();
}

function expectBalanced(telemetry: Telemetry): void {
  const health = telemetry.health();
  const dropped = Object.values(health.droppedCounts).reduce((sum, count) => sum + count, 0);
  expect(health.exportedCount + health.rejectedCount + dropped + health.queuedCount).toBe(
    health.startedCount,
  );
}

describe('createTelemetry', () => {
  test.each([
    ['protobuf, plain', {}, 'protobuf', undefined],
    ['protobuf, gzip', { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }, 'protobuf', 'gzip'],
    ['JSON, plain', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'json', undefined],
    [
      'JSON, gzip',
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' },
      'json',
      'gzip',
    ],
  ] as const)('exports a tree as %s', async (_title, env, encoding, contentEncoding) => {
    const telemetry = createTestTelemetry(collector.url, {
      ...env,
      OTEL_EXPORTER_OTLP_HEADERS: 'signoz-ingestion-key=abc%20def',
    });
    await withSpan(telemetry.tracer, 'outer', { attributes: { count: 3 } }, async () => {
      await Promise.resolve();
      withSpan(telemetry.tracer, 'inner', { kind: SpanKind.CLIENT }, () => {});
    });
    await telemetry.flush();
    const [request] = collector.requests;
    expect(request?.encoding).toBe(encoding);
    expect(request?.headers['content-encoding']).toBe(contentEncoding as never);
    expect(request?.headers['signoz-ingestion-key']).toBe('abc def');
    expect(request?.headers['user-agent']).toContain('OTel-OTLP-Exporter-JavaScript/');
    const [[outer] = []] = [...collector.toTrees().values()];
    expect(outer).toMatchObject({ name: 'outer', kind: 'INTERNAL', attributes: { count: 3 } });
    expect(outer?.children).toMatchObject([{ name: 'inner', kind: 'CLIENT', children: [] }]);
    expect(telemetry.health()).toMatchObject({ exportedCount: 2, state: 'reachable' });
    await telemetry.shutdown();
  });

  test('names the service, its version, instance and environment, in both generations', async () => {
    const telemetry = createTestTelemetry(collector.url, {
      OTEL_SERVICE_NAME: 'from-env',
      OTEL_RESOURCE_ATTRIBUTES:
        'team=quant%2Cdesk,service.name=loses,deployment.environment.name=prod',
    });
    endSpans(telemetry, 1);
    await telemetry.shutdown();
    expect(collector.spans()[0]?.resource).toMatchObject({
      'service.name': 'from-env',
      'service.version': '1.2.3',
      'service.instance.id': 'instance-1',
      'deployment.environment.name': 'prod',
      'deployment.environment': 'prod',
      team: 'quant,desk',
    });
  });

  test('records a thrown error once, on the innermost span, and fails all', async () => {
    const telemetry = createTestTelemetry(collector.url);
    const boom = new Error('no route', { cause: new Error('the reason') });
    const run = () =>
      withSpan(telemetry.tracer, 'outer', {}, () =>
        withSpan(telemetry.tracer, 'inner', {}, () => Promise.reject(boom)),
      );
    await expect(run()).rejects.toBe(boom);
    await telemetry.shutdown();
    const [[outer] = []] = [...collector.toTrees().values()];
    const inner = outer?.children[0];
    expect(outer?.status).toEqual({ code: 'ERROR', message: 'no route' });
    expect(outer?.events).toEqual([]);
    expect(inner?.attributes).toEqual({ 'error.type': 'Error' });
    expect(inner?.events.map((event) => event.name)).toEqual(['exception']);
    expect(inner?.events[0]?.attributes).toMatchObject({
      'exception.type': 'Error',
      'exception.message': 'no route',
    });
    expect(inner?.events[0]?.attributes['exception.stacktrace']).toContain(
      'Caused by: Error: the reason',
    );
  });

  test('keeps the account through a collector that fails in turn', async () => {
    const telemetry = createTestTelemetry(collector.url, { OTEL_EXPORTER_OTLP_TIMEOUT: '300' });
    const round = async (count: number) => {
      endSpans(telemetry, count);
      expectBalanced(telemetry);
      expect(telemetry.health().queuedCount).toBe(count);
      await telemetry.flush();
      expectBalanced(telemetry);
      expect(telemetry.health().queuedCount).toBe(0);
    };
    await round(3);
    expect(telemetry.health()).toMatchObject({ exportedCount: 3, lastError: null });
    collector.script({ status: 400, body: 'no' });
    await round(2);
    expect(telemetry.health()).toMatchObject({ rejectedCount: 2, state: 'reachable' });
    expect(telemetry.health().lastError).toContain('HTTP 400');
    collector.script({ partialSuccess: { rejectedCount: 1, message: 'too long' } });
    await round(4);
    expect(telemetry.health()).toMatchObject({ exportedCount: 6, rejectedCount: 3 });
    expect(telemetry.health().lastError).toBe('partial success: too long');
    collector.script({ fault: 'hang' });
    await round(5);
    expect(telemetry.health()).toMatchObject({
      droppedCounts: { timeout: 5 },
      state: 'unreachable',
    });
    collector.script({ status: 503 });
    await round(1);
    expect(telemetry.health().droppedCounts).toEqual({ timeout: 5, unavailable: 1 });
    await round(1);
    expect(telemetry.health()).toMatchObject({
      startedCount: 16,
      exportedCount: 7,
      state: 'reachable',
    });
    expect(telemetry.lines.map((line) => [line.message, line.attributes])).toEqual([
      [
        'traces: the backend remarked',
        { reason: expect.stringContaining('HTTP 400'), rejected_count: 2 },
      ],
      ['traces: the backend remarked', { reason: 'partial success: too long', rejected_count: 1 }],
      ['traces are being lost', { reason: 'timeout' }],
      ['traces are no longer lost', { timeout: 5, unavailable: 1 }],
    ]);
    await telemetry.shutdown();
  });

  test('drops what does not fit the queue, counts it, and says when loss begins and ends', async () => {
    const telemetry = createTestTelemetry(collector.url, {
      OTEL_BSP_MAX_QUEUE_SIZE: '4',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4',
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    });
    collector.script({ delayMs: 20 });
    endSpans(telemetry, 4);
    expect(telemetry.health()).toMatchObject({ droppedCounts: {}, queuedCount: 4 });
    endSpans(telemetry, 4);
    expect(telemetry.health()).toMatchObject({ droppedCounts: { queue_full: 4 }, queuedCount: 4 });
    expectBalanced(telemetry);
    await telemetry.flush();
    endSpans(telemetry, 1);
    await telemetry.shutdown();
    expect(telemetry.health()).toMatchObject({ startedCount: 9, exportedCount: 5, queuedCount: 0 });
    expect(telemetry.lines.map((line) => [line.message, line.attributes])).toEqual([
      ['traces are being lost', { reason: 'queue_full' }],
      ['traces are no longer lost', { queue_full: 4 }],
    ]);
  });

  test('counts what a stopped layer can no longer take', async () => {
    const telemetry = createTestTelemetry(collector.url, { TELEMETRY_TRACER: 'sdk' });
    await telemetry.shutdown();
    endSpans(telemetry, 2);
    expect(telemetry.health().droppedCounts).toEqual({ shutdown: 2 });
    expectBalanced(telemetry);
  });

  test('records nothing more once it is stopped', async () => {
    const telemetry = createTestTelemetry(collector.url);
    await telemetry.shutdown();
    expect(telemetry.tracer.startSpan('late').isRecording()).toBe(false);
    expectBalanced(telemetry);
  });

  test('gives up within the export timeout when the collector hangs at shutdown', async () => {
    const telemetry = createTestTelemetry(collector.url, { OTEL_BSP_EXPORT_TIMEOUT: '100' });
    collector.script({ fault: 'hang' });
    endSpans(telemetry, 3);
    await telemetry.shutdown();
    expectBalanced(telemetry);
    expect(telemetry.health()).toMatchObject({ droppedCounts: { shutdown: 3 }, queuedCount: 0 });
  });

  test('records for recent traces without an exporter', async () => {
    const telemetry = createTestTelemetry(null);
    withSpan(telemetry.tracer, 'root', {}, () => withSpan(telemetry.tracer, 'leaf', {}, () => {}));
    expect(telemetry.health()).toMatchObject({ exporter: 'none', state: 'off', startedCount: 0 });
    expect(telemetry.recentTraces.list(10).map((row) => [row.rootName, row.spans.length])).toEqual([
      ['root', 2],
    ]);
    await telemetry.shutdown();
  });

  test.each([
    ['the SDK is disabled', { OTEL_SDK_DISABLED: 'TRUE', OTEL_TRACES_EXPORTER: 'otlp' }],
    ['nothing would read the spans', { TELEMETRY_RECENT_TRACES: '0' }],
  ])('is a no-op that still carries context when %s', async (_title, env) => {
    const telemetry = createTestTelemetry(null, env);
    const span = telemetry.tracer.startSpan('work');
    expect(span.isRecording()).toBe(false);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const incoming = telemetry.propagator.extract(
      context.active(),
      { traceparent },
      {
        keys: () => ['traceparent'],
        get: (carrier: Record<string, string>, key: string) => carrier[key],
      },
    );
    const carrier: Record<string, string> = {};
    const child = telemetry.tracer.startSpan('child', {}, incoming);
    const setter = {
      set: (target: Record<string, string>, key: string, value: string) => {
        target[key] = value;
      },
    };
    telemetry.propagator.inject(trace.setSpan(incoming, child), carrier, setter);
    expect(carrier.traceparent).toBe(traceparent);
    await telemetry.shutdown();
  });

  test('lets two layers live in one process and registers no global tracer', async () => {
    const first = createTestTelemetry(collector.url, { OTEL_SERVICE_NAME: 'first' });
    const second = createTestTelemetry(collector.url, { OTEL_SERVICE_NAME: 'second' });
    await first.shutdown();
    await withSpan(second.tracer, 'outer', {}, async () => {
      await Promise.resolve();
      withSpan(second.tracer, 'inner', {}, (span) => failSpan(span, 'plain text'));
    });
    await second.shutdown();
    expect(collector.spans().map((span) => [span.name, span.resource['service.name']])).toEqual([
      ['inner', 'second'],
      ['outer', 'second'],
    ]);
    expect(trace.getTracer('any').startSpan('global').isRecording()).toBe(false);
    expect(propagation.fields()).toEqual([]);
  });

  test('samples by ratio under the parent and does not count what is not sampled', async () => {
    const telemetry = createTestTelemetry(collector.url, {
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
    endSpans(telemetry, 5);
    expect(telemetry.health().startedCount).toBe(0);
    await telemetry.shutdown();
  });

  test('warns of each bad variable by name, without its value, and goes on', async () => {
    const telemetry = createTestTelemetry(collector.url, {
      OTEL_BSP_SCHEDULE_DELAY: 'soon',
      OTEL_EXPORTER_OTLP_HEADERS: 'hunter2',
    });
    expect(telemetry.lines.map((line) => line.message)).toEqual([
      'OTEL_BSP_SCHEDULE_DELAY is ignored: expected a whole number from 0 to 2147483647',
      'OTEL_EXPORTER_OTLP_HEADERS is ignored: expected comma-separated key=value pairs, percent-encoded',
    ]);
    endSpans(telemetry, 1);
    await telemetry.shutdown();
    expect(collector.spans().length).toBe(1);
  });

  test('writes spans as JSON lines to the console exporter', async () => {
    const telemetry = createTestTelemetry(null, { OTEL_TRACES_EXPORTER: 'console' });
    endSpans(telemetry, 1);
    await telemetry.shutdown();
    expect(telemetry.lines).toMatchObject([{ name: 'work', kind: 'INTERNAL', parentSpanId: null }]);
    expect(telemetry.health()).toMatchObject({ exporter: 'console', exportedCount: 1 });
  });
});

describe.each(TRACERS)('with %s', (_title, tracer, hasModule) => {
  test('a tree arrives as it was made, and the account adds up', async () => {
    const options = await toTracerOptions(hasModule);
    const telemetry = createTestTelemetry(collector.url, { TELEMETRY_TRACER: tracer }, options);
    const link = { context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 } };
    expect(() =>
      withSpan(telemetry.tracer, 'outer', { attributes: { list: ['a', 'b'], ratio: 0.5 } }, () =>
        withSpan(telemetry.tracer, 'inner', { kind: SpanKind.CLIENT, links: [link] }, (span) => {
          span.addEvent('progress', { count: 1 });
          throw new RangeError('out of range');
        }),
      ),
    ).toThrow('out of range');
    await telemetry.flush();
    const [[outer] = []] = [...collector.toTrees().values()];
    expect(outer).toMatchObject({
      name: 'outer',
      kind: 'INTERNAL',
      attributes: { list: ['a', 'b'], ratio: 0.5, 'error.type': 'RangeError' },
      status: { code: 'ERROR', message: 'out of range' },
      events: [],
    });
    const [inner] = outer?.children ?? [];
    expect(inner).toMatchObject({
      name: 'inner',
      kind: 'CLIENT',
      links: [{ traceId: 'a'.repeat(32) }],
    });
    expect(inner?.events.map(({ name }) => name)).toEqual(['progress', 'exception']);
    expect(inner?.span.resource['service.name']).toBe('test-service');
    expect(telemetry.recentTraces.list(1)[0]?.spans.length).toBe(2);
    expect(telemetry.health()).toMatchObject({ startedCount: 2, exportedCount: 2, queuedCount: 0 });
    await telemetry.shutdown();
  });

  test('a tail sampler keeps the errors and lets the rest go', async () => {
    const env = { OTEL_TRACES_SAMPLER: 'tail', OTEL_TRACES_SAMPLER_ARG: '0' };
    const options = await toTracerOptions(hasModule);
    const telemetry = createTestTelemetry(
      collector.url,
      { ...env, TELEMETRY_TRACER: tracer, TELEMETRY_TAIL_SLOWEST_COUNT: '0' },
      options,
    );
    for (const name of ['good', 'bad']) {
      withSpan(telemetry.tracer, name, {}, (span) => {
        if (name === 'bad') failSpan(span, new Error('bad'));
      });
    }
    await telemetry.shutdown();
    expect(collector.spans().map(({ name }) => name)).toEqual(['bad']);
    expect(telemetry.health().sampling).toMatchObject({ tail: { letGoCount: 1 } });
    const page = telemetry.prometheus(null).body;
    expect(page).toContain(
      '\ntelemetry_sampling_tail_traces_total{telemetry_decision="let_go"} 1\n',
    );
    expect(page).toContain('\ntelemetry_sampling_share_ratio 1\n');
    // Estimates, of either tracer, until calibration: half a second after the start.
    expect(page).toMatch(
      /\ntelemetry_span_cost_seconds\{telemetry_decision="recorded"\} (?:0\.000001|9e-7)\n/,
    );
  });
});

describe('fetch of the layer', () => {
  test('carries the active context to listed hosts and to no others', async () => {
    const received: (string | null)[] = [];
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request) => {
        received.push(request.headers.get('traceparent'));
        return new Response('ok');
      },
    });
    const url = `http://127.0.0.1:${server.port}/`;
    const open = createTestTelemetry(null, { TELEMETRY_PROPAGATE_HOSTS: '127.0.0.1' });
    const shut = createTestTelemetry(null);
    const traceId = await withSpan(open.tracer, 'call', {}, async (span) => {
      await open.fetch(url);
      await shut.fetch(url);
      return span.spanContext().traceId;
    });
    expect(received).toEqual([expect.stringContaining(traceId), null]);
    await server.stop(true);
  });
});

test('a program without the SDK says so and records all the same', () => {
  const lines: string[] = [];
  const telemetry = createTelemetry({
    serviceName: 'test',
    env: { TELEMETRY_TRACER: 'sdk' },
    log: { write: (line) => void lines.push(line) },
  });
  telemetry.tracer.startSpan('work').end();
  expect(telemetry.recentTraces.list(1)[0]?.rootName).toBe('work');
  expect(lines.length).toBe(1);
  expect(lines[0]).toContain('TELEMETRY_TRACER=sdk is ignored');
});

test('the event loop is watched when asked for, until the layer is shut down', async () => {
  const clock = createFakeClock();
  const telemetry = createTestTelemetry(null, {}, { clock, watchEventLoop: true });
  const share = () => telemetry.health().sampling?.governor?.shareRatio;
  expect(share()).toBe(1);
  expect(clock.sleepsMs).toContain(10_000);
  await clock.advance(10_000);
  expect(clock.sleepsMs).toContain(100);
  await telemetry.shutdown();
  const sleepsCount = clock.sleepsMs.length;
  await clock.advance(1_000);
  expect(clock.sleepsMs.length).toBe(sleepsCount);
});
