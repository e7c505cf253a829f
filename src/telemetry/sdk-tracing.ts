/** The SDK's own tracer provider, for `TELEMETRY_TRACER=sdk`. Apart, so that a bundle that does not name it is smaller. */

import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { type Tracing, type TracingOptions, toSdkLimits } from './sdk.ts';

/** Explicit in all that the provider would otherwise read from the process's environment. */
export function createSdkTracing(options: TracingOptions): Tracing {
  return new BasicTracerProvider({
    resource: options.resource,
    sampler: options.sampler,
    spanProcessors: [...options.processors],
    spanLimits: toSdkLimits(options.limits),
  });
}
