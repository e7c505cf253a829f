/** A sink for exporters of others, with the same books. */

import type { ExportResult } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '../domain/clock.ts';
import { bounded } from './bounded.ts';
import { createAccountBook } from './export/accounts.ts';
import { SUCCESS, toFailure } from './export/export-result.ts';
import type { SpanSink } from './span-sink.ts';

/** Any official exporter; a batch that it reports as failed, or not at all, is lost for reason `network` or `timeout`. */
export function createExporterSink(
  exporter: SpanExporter,
  timeoutMs: number,
  clock: Clock,
): SpanSink {
  const book = createAccountBook();
  const pending = new Set<Promise<void>>();
  let health: ReturnType<SpanSink['health']> = { state: 'unknown', lastError: null };
  const settle = (itemCount: number, result: ExportResult | null) => {
    if (result?.code === SUCCESS) book.settle(itemCount, 0);
    else book.drop(result === null ? 'timeout' : 'network', itemCount);
    const lastError = result === null ? 'no answer in time' : (result.error?.message ?? null);
    const isReachable = result?.code === SUCCESS;
    health = { state: isReachable ? 'reachable' : 'unreachable', lastError };
  };
  return {
    send: (spans) => {
      book.enqueue(spans.length);
      const sending = exportOnce(exporter, spans, timeoutMs, clock).then((result) => {
        settle(spans.length, result);
        pending.delete(sending);
      });
      pending.add(sending);
    },
    flush: (limitMs) => bounded(Promise.all(pending), limitMs, clock),
    shutdown: async (limitMs) => {
      await bounded(Promise.all(pending), limitMs, clock);
      await bounded(exporter.shutdown(), limitMs, clock);
    },
    accounts: () => book.read(),
    health: () => health,
  };
}

/** Null when no answer came within `timeoutMs`. */
async function exportOnce(
  exporter: SpanExporter,
  spans: readonly ReadableSpan[],
  timeoutMs: number,
  clock: Clock,
): Promise<ExportResult | null> {
  let result: ExportResult | null = null;
  const exporting = new Promise<void>((resolve) => {
    exporter.export([...spans], (given) => {
      result = given;
      resolve();
    });
  }).catch((error: unknown) => {
    result = toFailure(new Error(String(error)));
  });
  await bounded(exporting, timeoutMs, clock);
  return result;
}
