/**
 * All that depends on the version of the OpenTelemetry SDK (2.12 and exporters 0.223). Moving to the next major version
 * of the SDK is a change of this file.
 */

import {
  ProxyTracerProvider,
  type TextMapPropagator,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import {
  CompositePropagator,
  type ExportResult,
  ExportResultCode,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import { OTLPExporterError } from '@opentelemetry/otlp-exporter-base';
import {
  createOtlpHttpExportDelegate,
  httpAgentFactoryFromOptions,
} from '@opentelemetry/otlp-exporter-base/node-http';
import {
  type IExportTraceServiceResponse,
  type ISerializer,
  JsonTraceSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  type SpanExporter,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { BatchConfig, OtlpEndpoint, SpanLimits, TelemetryConfig } from './config.ts';
import type { BatchOutcome } from './span-accounts.ts';
import type { BatchCourier, SpanSink } from './span-export.ts';

/** Most exports at a time: the official exporter's own default. */
const EXPORT_CONCURRENCY_LIMIT = 30;

export interface TracingOptions {
  readonly resource: Resource;
  readonly sampler: Sampler;
  readonly limits: SpanLimits;
  readonly processors: readonly SpanProcessor[];
}

/** A provider that is registered nowhere. */
export interface Tracing extends TracerProvider {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** The SDK's own provider; explicit in all that it would otherwise read from the process's environment. */
export function createSdkTracing(options: TracingOptions): Tracing {
  const { limits } = options;
  return new BasicTracerProvider({
    resource: options.resource,
    sampler: options.sampler,
    spanProcessors: [...options.processors],
    spanLimits: {
      attributeValueLengthLimit: limits.attributeValueLength,
      attributeCountLimit: limits.attributeCount,
      eventCountLimit: limits.eventCount,
      linkCountLimit: limits.linkCount,
      attributePerEventCountLimit: limits.eventAttributeCount,
      attributePerLinkCountLimit: limits.linkAttributeCount,
    },
  });
}

/** A tracer that records nothing and carries the parent's context on. */
export function createNoopTracer(name: string, version: string): Tracer {
  return new ProxyTracerProvider().getTracer(name, version);
}

/** `attributes` beside what the SDK says of itself (`telemetry.sdk.*`). */
export function createResource(attributes: Readonly<Record<string, string>>): Resource {
  return defaultResource().merge(resourceFromAttributes(attributes));
}

export function createSampler({ name, ratio }: TelemetryConfig['sampler']): Sampler {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
    default:
      return name satisfies never;
  }
}

export function createPropagator(names: TelemetryConfig['propagators']): TextMapPropagator {
  const makers = {
    tracecontext: () => new W3CTraceContextPropagator(),
    baggage: () => new W3CBaggagePropagator(),
  };
  return new CompositePropagator({ propagators: names.map((name) => makers[name]()) });
}

/** The SDK's batching in front of `courier`. Its own queue bound is never reached: the one who feeds it counts. */
export function createBatchProcessor(courier: BatchCourier, batch: BatchConfig): SpanProcessor {
  const exporter: SpanExporter = {
    export: (spans, done) => {
      void courier.send(spans).then((outcome) => done(toExportResult(outcome)));
    },
    forceFlush: () => courier.idle(),
    shutdown: () => courier.shutdown(),
  };
  const inner = new BatchSpanProcessor(exporter, {
    maxQueueSize: batch.maxQueueCount,
    maxExportBatchSize: batch.maxBatchCount,
    scheduledDelayMillis: batch.scheduleDelayMs,
    // The courier has a time limit of its own and always answers.
    exportTimeoutMillis: batch.exportTimeoutMs + 1_000,
  });
  return {
    onStart: (span, parent) => inner.onStart(span, parent),
    onEnd: (span) => inner.onEnd(span),
    forceFlush: async () => {
      // What failed is booked already; the rest is still to be waited for.
      await inner.forceFlush().catch(() => {});
      await courier.idle();
    },
    shutdown: () => inner.shutdown(),
  };
}

function toExportResult(outcome: BatchOutcome): ExportResult {
  return outcome.result === 'accepted'
    ? { code: ExportResultCode.SUCCESS }
    : { code: ExportResultCode.FAILED, error: new Error(outcome.message) };
}

/** Any official exporter as a sink; what it reports as failed is lost for a reason it does not give. */
export function toSpanSink(exporter: SpanExporter): SpanSink {
  return {
    export: (spans) =>
      new Promise((resolve) => {
        exporter.export([...spans], (result) => resolve(toOutcome(result, null)));
      }),
    shutdown: () => exporter.shutdown(),
  };
}

/** OTLP/HTTP with the official encoders, retries and transport (Bun, Deno, Node). */
export function createOtlpSpanSink(endpoint: OtlpEndpoint, userAgent: string): SpanSink {
  const isJson = endpoint.protocol === 'http/json';
  const serializer = new PartialSuccessSerializer(
    isJson ? JsonTraceSerializer : ProtobufTraceSerializer,
  );
  const delegate = createOtlpHttpExportDelegate(
    {
      url: endpoint.url,
      headers: async () => ({
        ...endpoint.headers,
        'Content-Type': isJson ? 'application/json' : 'application/x-protobuf',
      }),
      timeoutMillis: endpoint.timeoutMs,
      compression: endpoint.compression,
      concurrencyLimit: EXPORT_CONCURRENCY_LIMIT,
      agentFactory: httpAgentFactoryFromOptions({ keepAlive: true }),
      userAgent,
    },
    serializer,
    isJson ? 'otlp_http_json_span_exporter' : 'otlp_http_span_exporter',
    TraceExporterMetricsHelper,
    undefined,
  );
  return {
    export: (spans) =>
      new Promise((resolve) => {
        delegate.export([...spans], (result) => resolve(toOutcome(result, serializer.take())));
      }),
    shutdown: () => delegate.shutdown(),
  };
}

type PartialSuccess = NonNullable<IExportTraceServiceResponse['partialSuccess']>;

/**
 * Keeps the partial success of the answer that is being read. The delegate reads an answer and reports its export in
 * one synchronous step, so what is kept always belongs to the export that is reported next.
 */
class PartialSuccessSerializer implements ISerializer<ReadableSpan[], IExportTraceServiceResponse> {
  readonly #inner: ISerializer<ReadableSpan[], IExportTraceServiceResponse>;
  #last: PartialSuccess | null = null;

  constructor(inner: ISerializer<ReadableSpan[], IExportTraceServiceResponse>) {
    this.#inner = inner;
  }

  serializeRequest(spans: ReadableSpan[]): Uint8Array | undefined {
    return this.#inner.serializeRequest(spans);
  }

  deserializeResponse(data: Uint8Array): IExportTraceServiceResponse {
    if (data.byteLength === 0) return {};
    const response = this.#inner.deserializeResponse(data);
    this.#last = response.partialSuccess ?? null;
    return response;
  }

  take(): PartialSuccess | null {
    const taken = this.#last;
    this.#last = null;
    return taken;
  }
}

function toOutcome(result: ExportResult, partial: PartialSuccess | null): BatchOutcome {
  if (result.code === ExportResultCode.SUCCESS) {
    return {
      result: 'accepted',
      rejectedCount: Number(partial?.rejectedSpans ?? 0),
      message: partial?.errorMessage || null,
    };
  }
  const { error } = result;
  if (error instanceof OTLPExporterError && error.code !== undefined) {
    return { result: 'rejected', message: `HTTP ${error.code} ${error.message}`.trim() };
  }
  const message = error?.message ?? 'the export failed';
  return { result: 'dropped', reason: toReason(error), message };
}

function toReason(error: Error | undefined): string {
  if (error === undefined) return 'exporter';
  if ('code' in error && typeof error.code === 'string') return 'network';
  if (error.message === 'Request timed out') return 'timeout';
  if (error.message === 'Concurrent export limit reached') return 'concurrency';
  return error instanceof OTLPExporterError ? 'unavailable' : 'exporter';
}
