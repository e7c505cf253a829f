/** The official `SpanExporter` on top of the transport: for spans that a processor hands over as `ReadableSpan`s. */

import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { encodeTracesJson } from './encode-json.ts';
import { encodeTracesProtobuf } from './encode-protobuf.ts';
import type { BatchOutcome, ExportBatch, OtlpFormat } from './export-batch.ts';
import type { OtlpTransport } from './otlp-transport.ts';

export interface OtlpSpanExporterOptions {
  /** A transport for traces, of the same format; it is shut down with the exporter. */
  readonly transport: OtlpTransport;
  readonly format?: OtlpFormat;
  /** Longest wait of a shutdown, milliseconds; the transport's timeout when absent. */
  readonly shutdownTimeoutMs?: number;
}

/** Every span that is handed over is sent; leaving out unsampled ones is the processor's part. */
export function createOtlpSpanExporter(options: OtlpSpanExporterOptions): SpanExporter {
  const { transport, format = 'protobuf', shutdownTimeoutMs } = options;
  return {
    export(spans, resultCallback) {
      void exportSpans(transport, format, spans).then(resultCallback);
    },
    forceFlush: () => transport.flush(),
    shutdown: () => transport.shutdown(shutdownTimeoutMs),
  };
}

async function exportSpans(
  transport: OtlpTransport,
  format: OtlpFormat,
  spans: readonly ReadableSpan[],
): Promise<ExportResult> {
  try {
    await settleResources(spans);
    return toResult(await transport.send(toSpanBatch(spans, format)));
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error));
    return { code: ExportResultCode.FAILED, error: cause };
  }
}

/** Encodes spans into one request; it splits into halves, down to single spans. */
export function toSpanBatch(spans: readonly ReadableSpan[], format: OtlpFormat): ExportBatch {
  const encode = format === 'json' ? encodeTracesJson : encodeTracesProtobuf;
  const batch = { itemCount: spans.length, body: encode(spans) };
  if (spans.length < 2) return batch;
  const half = Math.ceil(spans.length / 2);
  const split = () =>
    [spans.slice(0, half), spans.slice(half)].map((part) => toSpanBatch(part, format));
  return { ...batch, split };
}

/** Attributes of a resource may still be on their way. */
async function settleResources(spans: readonly ReadableSpan[]): Promise<void> {
  const pending = new Set(spans.map((span) => span.resource));
  for (const resource of pending) {
    if (resource.asyncAttributesPending) await resource.waitForAsyncAttributes?.();
  }
}

function toResult(outcome: BatchOutcome): ExportResult {
  const lostCount = outcome.rejectedCount + outcome.droppedCount;
  if (lostCount === 0) return { code: ExportResultCode.SUCCESS };
  const error = new Error(`${lostCount} spans were not exported: ${outcome.message}`);
  return { code: ExportResultCode.FAILED, error };
}
