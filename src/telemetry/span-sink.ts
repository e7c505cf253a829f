/** Where batches of ended spans go, with books: every span that was handed over is in one of the accounts. */

import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { OtlpEndpoint, TlsFiles } from './config-signals.ts';
import type { ExportAccounts } from './export/accounts.ts';
import { type EncodeSpans, toSpanBatch } from './export/otlp-span-exporter.ts';
import type { OtlpTransport } from './export/otlp-transport.ts';
import type { FetchFunction } from './export/post.ts';
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
  readonly toFetch: ToFetch;
}

/** `fetch` with the certificates of a destination; null: the runtime's own. */
export type ToFetch = (files: TlsFiles | null) => FetchFunction | null;

/** The transport's options for one configured destination. */
export function toTransportOptions(
  signal: OtlpTransportOptions['signal'],
  { endpoint, toFetch, ...options }: OtlpSinkOptions,
): OtlpTransportOptions {
  const { protocol, tls, ...destination } = endpoint;
  const fetch = toFetch(tls);
  return {
    ...options,
    ...(fetch === null ? {} : { fetch }),
    ...destination,
    signal,
    format: protocol === 'http/json' ? 'json' : 'protobuf',
  };
}

/** OTLP/HTTP, on every runtime. The transport is shut down with the sink. */
export function createOtlpSpanSink(transport: OtlpTransport, encode: EncodeSpans): SpanSink {
  return {
    send: (spans) => void transport.send(toSpanBatch(spans, encode)),
    flush: (timeoutMs) => transport.flush(timeoutMs),
    shutdown: (timeoutMs) => transport.shutdown(timeoutMs),
    accounts: () => transport.accounts(),
    health: () => transport.health(),
  };
}
