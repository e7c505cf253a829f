/** What an OTLP transport can be told, with its defaults. */

import { diag } from '@opentelemetry/api';
import { type Clock, systemClock } from '../../domain/clock.ts';
import { type BreakerOptions, DEFAULT_BREAKER } from './circuit-breaker.ts';
import { type GzipFunction, gzip, type OtlpCompression } from './compress.ts';
import type { OtlpFormat, OtlpSignal } from './export-batch.ts';
import { describeLoss, type LossReport } from './loss-log.ts';
import type { FetchFunction } from './post.ts';
import { type BackoffOptions, DEFAULT_BACKOFF } from './retry.ts';

export interface OtlpTransportOptions {
  readonly signal: OtlpSignal;
  /** Full address of the signal, such as `http://localhost:4318/v1/traces`. */
  readonly url: string;
  readonly format?: OtlpFormat;
  readonly headers?: Readonly<Record<string, string>>;
  readonly compression?: OtlpCompression;
  /** For one batch over all its attempts, milliseconds. */
  readonly timeoutMs?: number;
  /** Product token put before the exporter's own User-Agent, such as `Spreadscope/0.1.0`. */
  readonly userAgentProduct?: string;
  /** Items waiting or on the wire; the newest over it are dropped. */
  readonly maxQueuedItems?: number;
  readonly maxQueuedBytes?: number;
  /** Requests on the wire at once. */
  readonly concurrency?: number;
  /** Before compression; larger batches are split. */
  readonly maxRequestBytes?: number;
  /** After decompression. */
  readonly maxResponseBytes?: number;
  readonly backoff?: BackoffOptions;
  readonly breaker?: BreakerOptions;
  readonly clock?: Clock;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
  readonly fetch?: FetchFunction;
  readonly gzip?: GzipFunction;
  /** Told when losses begin and end, and what a backend remarked. */
  readonly report?: (report: LossReport) => void;
}

export type ResolvedTransportOptions = Required<Omit<OtlpTransportOptions, 'userAgentProduct'>> & {
  readonly userAgentProduct: string | undefined;
};

const MEBIBYTE = 1024 * 1024;

/**
 * Timeout, request and response caps are those of opentelemetry-specification `protocol/exporter.md` and
 * opentelemetry-proto `docs/specification.md`; the queue holds four times the batch processor's own (2,048).
 */
export function resolveTransportOptions(options: OtlpTransportOptions): ResolvedTransportOptions {
  const { userAgentProduct, ...given } = options;
  return {
    format: 'protobuf',
    headers: {},
    compression: 'none',
    timeoutMs: 10_000,
    maxQueuedItems: 8_192,
    maxQueuedBytes: 64 * MEBIBYTE,
    concurrency: 4,
    maxRequestBytes: 64 * MEBIBYTE,
    maxResponseBytes: 4 * MEBIBYTE,
    backoff: DEFAULT_BACKOFF,
    breaker: DEFAULT_BREAKER,
    clock: systemClock,
    random: Math.random,
    fetch: (url, init) => fetch(url, init),
    gzip,
    report: reportToDiag,
    ...given,
    userAgentProduct,
  };
}

/** Says losses and remarks to the API's `diag` logger. */
export function reportToDiag(report: LossReport): void {
  const [message, details] = describeLoss(report);
  diag.warn(`OTLP: ${message}`, JSON.stringify(details));
}
