import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { toSignalUrl } from '../../../src/telemetry/export/endpoint.ts';
import { createOtlpTransport } from '../../../src/telemetry/export/otlp-transport.ts';
import { createEncodingProcessor } from '../../../src/telemetry/lean/encoding-processor.ts';
import { loadOtlpModule } from '../../../src/telemetry/lean/load-file.ts';
import { createTracerProvider } from '../../../src/telemetry/lean/tracer-provider.ts';
import { createOtlpCollector, type OtlpCollector } from '../../support/otlp-collector.ts';

let collector: OtlpCollector;
beforeAll(async () => {
  collector = await createOtlpCollector();
});
beforeEach(() => collector.clear());
afterAll(() => collector.close());

async function createRig() {
  const transport = createOtlpTransport({
    signal: 'traces',
    url: toSignalUrl(collector.url, 'traces'),
    compression: 'gzip',
  });
  const reader = new InMemorySpanExporter();
  const module = await loadOtlpModule();
  const batches = createEncodingProcessor({ module, transport, scheduleDelayMs: 60_000 });
  const provider = createTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'lean' }),
    spanProcessors: [batches, new SimpleSpanProcessor(reader)],
  });
  return { provider, batches, reader, tracer: provider.getTracer('t') };
}

test('a tree arrives at a collector over HTTP, compressed, as it was recorded', async () => {
  const { provider, batches, tracer, reader } = await createRig();
  const root = tracer.startSpan(
    'root',
    { kind: SpanKind.SERVER, attributes: { n: 1 } },
    ROOT_CONTEXT,
  );
  const inRoot = trace.setSpan(ROOT_CONTEXT, root);
  const child = tracer.startSpan('child', {}, inRoot);
  child.recordException(new Error('broken'));
  child.end();
  root.end();
  await provider.forceFlush();
  const [tree] = [...collector.toTrees().values()].flat();
  expect(tree).toMatchObject({ span: { name: 'root' }, children: [{ span: { name: 'child' } }] });
  expect(collector.requests[0]?.headers['content-encoding']).toBe('gzip');
  expect(reader.getFinishedSpans().map(({ name }) => name)).toEqual(['child', 'root']);
  expect(batches.accounts()).toMatchObject({ startedCount: 2, exportedCount: 2, queuedCount: 0 });
  expect(batches.health()).toMatchObject({ state: 'reachable', lastError: null });
  await provider.shutdown();
});

test('a partial success is counted', async () => {
  const { provider, batches, tracer } = await createRig();
  collector.script({ partialSuccess: { rejectedCount: 2, message: 'too old' } });
  for (let n = 0; n < 5; n += 1) tracer.startSpan(`s${n}`, {}, ROOT_CONTEXT).end();
  await provider.forceFlush();
  expect(batches.accounts()).toMatchObject({ exportedCount: 3, rejectedCount: 2, queuedCount: 0 });
  expect(batches.health().lastError).toContain('too old');
  await provider.shutdown();
});
