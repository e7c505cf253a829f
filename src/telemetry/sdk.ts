/**
 * With `sdk-tracing.ts` all that depends on the version of the OpenTelemetry SDK (2.12), beside the types of its
 * interfaces. Moving to the next major version of the SDK is a change of these two files.
 */

import { ProxyTracerProvider, type Tracer, type TracerProvider } from '@opentelemetry/api';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type {
  Sampler,
  SpanLimits as SdkSpanLimits,
  SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { SpanLimits } from './config.ts';

export interface TracingOptions {
  readonly resource: Resource;
  readonly sampler: Sampler;
  readonly limits: SpanLimits;
  readonly processors: readonly SpanProcessor[];
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

/** `attributes` beside what the SDK says of itself (`telemetry.sdk.*`). */
export function createResource(attributes: Readonly<Record<string, string>>): Resource {
  return defaultResource().merge(resourceFromAttributes(attributes));
}
