/** The SDK's own tracer provider, for `TELEMETRY_TRACER=sdk`. Apart, so that a bundle that does not name it is smaller. */

import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  ParentBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { createRedactingProcessor } from './redacting-processor.ts';
import { type Tracing, type TracingOptions, toSdkLimits } from './sdk.ts';

/** Explicit in all that the provider would otherwise read from the process's environment. */
export function createSdkTracing(options: TracingOptions): Tracing {
  const { limits, processors, redactor, resource, sampler } = options;
  return new BasicTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes(resource)),
    sampler: sampler ?? new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [
      ...(redactor === null ? [] : [createRedactingProcessor(redactor)]),
      ...processors,
    ],
    spanLimits: toSdkLimits(limits),
  });
}
