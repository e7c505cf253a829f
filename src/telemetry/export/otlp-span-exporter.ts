/** The official `SpanExporter` on top of the transport: for spans that a processor hands over as `ReadableSpan`s. */

import type { ExportResult } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { encodeTracesProtobuf } from './encode-protobuf.ts';
import type { BatchOutcome, ExportBatch } from './export-batch.ts';
import { SUCCESS, toFailure } from './export-result.ts';
import type { OtlpTransport } from './otlp-transport.ts';

/** Spans to the body of one request. */
export type EncodeSpans = (spans: readonly ReadableSpan[]) => Uint8Array<ArrayBuffer>;

export interface OtlpSpanExporterOptions {
  /** A transport for traces, of the format that `encode` writes; it is shut down with the exporter. */
  readonly transport: OtlpTransport;
  /** Default: protobuf. */
  readonly encode?: EncodeSpans;
  /** Longest wait of a shutdown, milliseconds; the transport's timeout when absent. */
  readonly shutdownTimeoutMs?: number;
}

/** Every span that is handed over is sent; leaving out unsampled ones is the processor's part. */
export function createOtlpSpanExporter(options: OtlpSpanExporterOptions): SpanExporter {
  const { transport, encode = encodeTracesProtobuf, shutdownTimeoutMs } = options;
  return {
    export(spans, resultCallback) {
      void exportSpans(transport, encode, spans).then(resultCallback);
    },
    forceFlush: () => transport.flush(),
    shutdown: () => transport.shutdown(shutdownTimeoutMs),
  };
}

async function exportSpans(
  transport: OtlpTransport,
  encode: EncodeSpans,
  spans: readonly ReadableSpan[],
): Promise<ExportResult> {
  try {
    await settleResources(spans);
    return toResult(await transport.send(toSpanBatch(spans, encode)));
  } catch (error) {
    return toFailure(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Encodes spans into one request; it splits into halves, down to single spans. */
export function toSpanBatch(spans: readonly ReadableSpan[], encode: EncodeSpans): ExportBatch {
  const batch = { itemCount: spans.length, body: encode(spans) };
  if (spans.length < 2) return batch;
  const half = Math.ceil(spans.length / 2);
  const split = () =>
    [spans.slice(0, half), spans.slice(half)].map((part) => toSpanBatch(part, encode));
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
  if (lostCount === 0) return { code: SUCCESS };
  return toFailure(new Error(`${lostCount} spans were not exported: ${outcome.message}`));
}
