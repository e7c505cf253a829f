/** What carries ended spans away: a processor with books, by tracer, protocol and what the runtime has loaded. */

import type { SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { BatchProcessor } from './batch-processor.ts';
import type { TelemetryConfig } from './config.ts';
import type { ExportAccounts } from './export/accounts.ts';
import { createOtlpTransport, type OtlpTransport } from './export/otlp-transport.ts';
import { createEncodingProcessor } from './lean/encoding-processor.ts';
import type { SignalOptions } from './signal-options.ts';
import { createConsoleSpanExporter } from './span-console.ts';
import {
  createExporterSink,
  createOtlpSpanSink,
  type SpanSink,
  toTransportOptions,
} from './span-sink.ts';

export interface SpanExport {
  readonly processor: SpanProcessor;
  accounts(): ExportAccounts;
  health(): ReturnType<SpanSink['health']>;
}

/** @throws {TypeError} when the endpoint is not an http or https URL, or the module is not the OTLP module. */
export function createSpanExport(options: SignalOptions): SpanExport | null {
  const { clock, config, exporter } = options;
  if (config.disabled) return null;
  const toExport = (given: SpanExporter) =>
    inBatches(createExporterSink(given, config.spanBatch.exportTimeoutMs, clock), config);
  if (exporter !== null) return toExport(exporter);
  switch (config.traces.exporter) {
    case 'none':
      return null;
    case 'console':
      return toExport(createConsoleSpanExporter(options.writeLine));
    case 'otlp':
      return createOtlpExport(options);
    default:
      return config.traces.exporter satisfies never;
  }
}

function inBatches(sink: SpanSink, config: TelemetryConfig): SpanExport {
  const processor = new BatchProcessor(sink, config.spanBatch);
  return { processor, accounts: () => processor.accounts(), health: () => processor.health() };
}

function createOtlpExport(options: SignalOptions): SpanExport {
  const { config, createSdkTracing, otlpModule, clock, product, report } = options;
  const transport = createOtlpTransport(
    toTransportOptions('traces', {
      clock,
      report,
      userAgentProduct: product,
      endpoint: config.traces.otlp,
      maxQueuedItems: config.spanBatch.maxQueueCount,
    }),
  );
  const isLean = createSdkTracing === null;
  const isEncodable = isLean && config.traces.otlp.protocol === 'http/protobuf';
  return otlpModule !== null && isEncodable
    ? encodedAtOnce(options, otlpModule, transport)
    : inBatches(createOtlpSpanSink(transport, config.traces.otlp.protocol), config);
}

/** Spans become bytes when they end; only the bytes wait. */
function encodedAtOnce(
  { clock, config, report }: SignalOptions,
  module: WebAssembly.Module,
  transport: OtlpTransport,
): SpanExport {
  const { maxBatchCount, maxQueueCount, scheduleDelayMs } = config.spanBatch;
  const processor = createEncodingProcessor({
    module,
    transport,
    clock,
    report,
    maxQueueItems: maxQueueCount,
    maxBatchItems: maxBatchCount,
    scheduleDelayMs,
  });
  return { processor, accounts: () => processor.accounts(), health: () => transport.health() };
}
