/** Where batches of ended spans go, with books: every span that was handed over is in one of the accounts. */

import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '../domain/clock.ts';
import { bounded } from './bounded.ts';
import type { OtlpEndpoint } from './config.ts';
import { createAccountBook, type ExportAccounts } from './export/accounts.ts';
import { toSpanBatch } from './export/otlp-span-exporter.ts';
import type { OtlpTransport } from './export/otlp-transport.ts';
import type { OtlpTransportOptions } from './export/transport-options.ts';

/** Never throws and never blocks; what fails is booked. */
export interface SpanSink {
  send(spans: readonly ReadableSpan[]): void;
  /** Settles when what was sent has an outcome, when waiting is of no use, or after `timeoutMs`. */
  flush(timeoutMs: number): Promise<void>;
  /** Drops, at the latest after `timeoutMs`, what has no outcome yet. */
  shutdown(timeoutMs: number): Promise<void>;
  accounts(): ExportAccounts;
  health(): {
    readonly state: 'unknown' | 'reachable' | 'unreachable';
    /** Why the last batch did not arrive whole; null after one that did. */
    readonly lastError: string | null;
  };
}

export interface OtlpSinkOptions
  extends Pick<OtlpTransportOptions, 'clock' | 'report' | 'userAgentProduct'> {
  readonly endpoint: OtlpEndpoint;
  readonly maxQueuedItems: number;
}

/** The transport's options for one configured destination. */
export function toTransportOptions(
  signal: OtlpTransportOptions['signal'],
  { endpoint, ...options }: OtlpSinkOptions,
): OtlpTransportOptions {
  const { protocol, ...destination } = endpoint;
  return {
    ...options,
    ...destination,
    signal,
    format: protocol === 'http/json' ? 'json' : 'protobuf',
  };
}

/** OTLP/HTTP over `fetch`, on every runtime. The transport is shut down with the sink. */
export function createOtlpSpanSink(
  transport: OtlpTransport,
  protocol: OtlpEndpoint['protocol'],
): SpanSink {
  const format = protocol === 'http/json' ? 'json' : 'protobuf';
  return {
    send: (spans) => void transport.send(toSpanBatch(spans, format)),
    flush: (timeoutMs) => transport.flush(timeoutMs),
    shutdown: (timeoutMs) => transport.shutdown(timeoutMs),
    accounts: () => transport.accounts(),
    health: () => transport.health(),
  };
}

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
    if (result?.code === ExportResultCode.SUCCESS) book.settle(itemCount, 0);
    else book.drop(result === null ? 'timeout' : 'network', itemCount);
    const lastError = result === null ? 'no answer in time' : (result.error?.message ?? null);
    const isReachable = result?.code === ExportResultCode.SUCCESS;
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
    result = { code: ExportResultCode.FAILED, error: new Error(String(error)) };
  });
  await bounded(exporting, timeoutMs, clock);
  return result;
}
