/** Every way in which spans can leave, by exporter, tracer, protocol and what the runtime has loaded. */

import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { createEncodedExport } from './encoded-export.ts';
import { createExporterSink } from './exporter-sink.ts';
import type { SignalOptions } from './signal-options.ts';
import { createConsoleSpanExporter } from './span-console.ts';
import { createBatchedExport, inBatches, type SpanExport } from './span-export.ts';

/** @throws {TypeError} when the endpoint is not an http or https URL, or the module is not the OTLP module. */
export function createAnySpanExport(options: SignalOptions): SpanExport | null {
  const { clock, config, createSdkTracing, exporter, otlpModule, writeLine } = options;
  const { disabled, spanBatch, traces } = config;
  if (disabled) return null;
  const toExport = (given: SpanExporter) =>
    inBatches(createExporterSink(given, spanBatch.exportTimeoutMs, clock), options);
  if (exporter !== null) return toExport(exporter);
  if (traces.exporter === 'console') return toExport(createConsoleSpanExporter(writeLine));
  const isEncodable =
    createSdkTracing === null &&
    traces.exporter === 'otlp' &&
    traces.otlp.protocol === 'http/protobuf';
  return otlpModule !== null && isEncodable
    ? createEncodedExport(options, otlpModule)
    : createBatchedExport(options);
}
