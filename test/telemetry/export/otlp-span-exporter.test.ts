import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import type { OtlpCodec } from '../../../src/telemetry/export/codec.ts';
import { toSignalUrl } from '../../../src/telemetry/export/endpoint.ts';
import { JSON_CODEC } from '../../../src/telemetry/export/json-codec.ts';
import { createOtlpSpanExporter } from '../../../src/telemetry/export/otlp-span-exporter.ts';
import { createOtlpTransport } from '../../../src/telemetry/export/otlp-transport.ts';
import { PROTOBUF_CODEC } from '../../../src/telemetry/export/protobuf-codec.ts';
import { createOtlpCollector, type OtlpCollector } from '../../support/otlp-collector.ts';
import { sampleSpan } from './sample-span.ts';

let collector: OtlpCollector;
beforeAll(async () => {
  collector = await createOtlpCollector();
});
beforeEach(() => collector.clear());
afterAll(() => collector.close());

function createRig({ format, encodeSpans }: OtlpCodec, maxRequestBytes?: number) {
  const transport = createOtlpTransport({
    signal: 'traces',
    url: toSignalUrl(collector.url, 'traces'),
    format,
    compression: 'gzip',
    ...(maxRequestBytes === undefined ? {} : { maxRequestBytes }),
  });
  return { transport, exporter: createOtlpSpanExporter({ transport, encode: encodeSpans }) };
}

function exportNow(exporter: SpanExporter, spans: ReadableSpan[]): Promise<ExportResult> {
  return new Promise((resolve) => exporter.export(spans, resolve));
}

for (const codec of [PROTOBUF_CODEC, JSON_CODEC]) {
  const { format } = codec;
  test(`spans of the official provider arrive in ${format}, compressed`, async () => {
    const { transport, exporter } = createRig(codec);
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'official' }),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    const tracer = provider.getTracer('t', '1');
    for (let n = 0; n < 600; n += 1) tracer.startSpan(`s${n}`, { attributes: { n } }).end();
    await provider.forceFlush();
    await provider.shutdown();
    expect(collector.spans().length).toBe(600);
    expect(collector.requests.map(({ encoding, decodeError }) => [encoding, decodeError])).toEqual([
      [format, null],
      [format, null],
    ]);
    expect(transport.accounts()).toMatchObject({ startedCount: 600, exportedCount: 600 });
  });
}

test('an oversized batch goes in parts and every span arrives once', async () => {
  const { exporter } = createRig(PROTOBUF_CODEC, 600);
  const spans = Array.from({ length: 9 }, (_, n) => sampleSpan({ name: `part ${n}` }));
  expect(await exportNow(exporter, spans)).toEqual({ code: ExportResultCode.SUCCESS });
  expect(collector.requests.length).toBeGreaterThan(1);
  expect(
    collector
      .spans()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(spans.map(({ name }) => name));
});

test('a refusal is a failed export that says how many spans were lost', async () => {
  const { exporter } = createRig(PROTOBUF_CODEC);
  collector.script({ status: 400 });
  const result = await exportNow(exporter, [sampleSpan(), sampleSpan()]);
  expect(result.code).toBe(ExportResultCode.FAILED);
  expect(result.error?.message).toBe('2 spans were not exported: HTTP 400');
});

test('a span that cannot be read is a failed export and not a fault of the program', async () => {
  const { exporter } = createRig(PROTOBUF_CODEC);
  const broken = sampleSpan({
    spanContext: () => {
      throw new Error('gone');
    },
  });
  expect((await exportNow(exporter, [broken])).code).toBe(ExportResultCode.FAILED);
});
