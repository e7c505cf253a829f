/** Every way in which spans can leave, by exporter, tracer, protocol and what the runtime has loaded. */

import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { createExporterSink } from './exporter-sink.ts';
import { createEncodingProcessor } from './lean/encoding-processor.ts';
import type { SignalOptions } from './signal-options.ts';
import { createConsoleSpanExporter } from './span-console.ts';
import { createBatchedExport, createTransport, inBatches, type SpanExport } from './span-export.ts';

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
    ? encodedAtOnce(options, otlpModule)
    : createBatchedExport(options);
}

/** Spans become bytes when they end; only the bytes wait. */
function encodedAtOnce(options: SignalOptions, module: WebAssembly.Module): SpanExport {
  const { clock, config, report } = options;
  const { maxBatchCount, maxQueueCount, scheduleDelayMs } = config.spanBatch;
  const transport = createTransport(options);
  const processor = createEncodingProcessor({
    module,
    transport,
    clock,
    report,
    maxQueueItems: maxQueueCount,
    maxBatchItems: maxBatchCount,
    scheduleDelayMs,
  });
  return {
    processor,
    hold: () => processor.hold(),
    accounts: () => processor.accounts(),
    health: () => transport.health(),
  };
}
