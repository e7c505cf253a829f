/**
 * With `sdk-tracing.ts` all that depends on the version of the OpenTelemetry SDK (2.12), beside the types of its
 * interfaces. Moving to the next major version of the SDK is a change of these two files.
 */

import { ProxyTracerProvider, type Tracer, type TracerProvider } from '@opentelemetry/api';
import type {
  Sampler,
  SpanLimits as SdkSpanLimits,
  SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { SpanLimits } from './config.ts';
import type { SpanStopwatch } from './lean/span-stopwatch.ts';
import type { Redactor } from './redact.ts';

export interface TracingOptions {
  /** Attributes of the resource. */
  readonly resource: Readonly<Record<string, string>>;
  /** Null: roots always, children as their parents. */
  readonly sampler: Sampler | null;
  readonly limits: SpanLimits;
  readonly processors: readonly SpanProcessor[];
  /** Takes secrets out of every ended span; null: nothing does. */
  readonly redactor: Redactor | null;
  /** Measures recorded spans, with the lean tracer; the SDK's has no place for it. */
  readonly stopwatch?: SpanStopwatch;
}

/** Makes a provider; `createSdkTracing` is one. */
export type CreateTracing = (options: TracingOptions) => Tracing;

/** A provider that is registered nowhere. */
export interface Tracing extends TracerProvider {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Our limits by the SDK's names. */
export function toSdkLimits(limits: SpanLimits): Required<SdkSpanLimits> {
  return {
    attributeValueLengthLimit: limits.attributeValueLength,
    attributeCountLimit: limits.attributeCount,
    eventCountLimit: limits.eventCount,
    linkCountLimit: limits.linkCount,
    attributePerEventCountLimit: limits.eventAttributeCount,
    attributePerLinkCountLimit: limits.linkAttributeCount,
  };
}

/** A tracer that records nothing and carries the parent's context on. */
export function createNoopTracer(name: string, version: string): Tracer {
  return new ProxyTracerProvider().getTracer(name, version);
}
