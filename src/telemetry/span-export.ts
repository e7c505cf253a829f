/** What carries ended spans away: a processor with books. Here in batches over OTLP; `any-span-export.ts` knows more. */

import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { BatchProcessor } from './batch-processor.ts';
import type { ExportAccounts } from './export/accounts.ts';
import { createLossLog } from './export/loss-log.ts';
import { createOtlpTransport, type OtlpTransport } from './export/otlp-transport.ts';
import { PROTOBUF_CODEC } from './export/protobuf-codec.ts';
import type { SignalOptions } from './signal-options.ts';
import { createOtlpSpanSink, type SpanSink, toTransportOptions } from './span-sink.ts';

export interface SpanExport {
  readonly processor: SpanProcessor;
  /** From now on spans leave only when flushed. */
  hold(): void;
  accounts(): ExportAccounts;
  health(): ReturnType<SpanSink['health']>;
}

/**
 * Spans wait as they are, and are encoded batch by batch.
 *
 * @throws {TypeError} when the endpoint is not an http or https URL.
 */
export function createBatchedExport(options: SignalOptions): SpanExport | null {
  const { config, jsonCodec } = options;
  if (config.disabled || config.traces.exporter === 'none') return null;
  const isJson = config.traces.otlp.protocol === 'http/json';
  const codec = (isJson ? jsonCodec : null) ?? PROTOBUF_CODEC;
  return inBatches(createOtlpSpanSink(createTransport(options), codec.encodeSpans), options);
}

export function inBatches(
  sink: SpanSink,
  { clock, config, report }: Pick<SignalOptions, 'clock' | 'config' | 'report'>,
): SpanExport {
  const losses = createLossLog('traces', report);
  const processor = new BatchProcessor(sink, config.spanBatch, losses, clock);
  return {
    processor,
    hold: () => processor.hold(),
    accounts: () => processor.accounts(),
    health: () => processor.health(),
  };
}

export function createTransport({
  clock,
  config,
  product,
  report,
  toFetch,
}: SignalOptions): OtlpTransport {
  return createOtlpTransport(
    toTransportOptions('traces', {
      clock,
      report,
      toFetch,
      userAgentProduct: product,
      endpoint: config.traces.otlp,
      maxQueuedItems: config.spanBatch.maxQueueCount,
    }),
  );
}
