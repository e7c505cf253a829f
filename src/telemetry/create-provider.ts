/** The tracer provider that is asked for: ours, or the SDK's where the program brings it. */

import { createTracerProvider } from './lean/tracer-provider.ts';
import { createResource } from './plain-resource.ts';
import { type Tracing, type TracingOptions, toSdkLimits } from './sdk.ts';
import type { SignalOptions } from './signal-options.ts';

export function createProvider(
  { clock, createSdkTracing }: Pick<SignalOptions, 'clock' | 'createSdkTracing'>,
  options: TracingOptions,
): Tracing {
  if (createSdkTracing !== null) return createSdkTracing(options);
  const { sampler, redactor, stopwatch } = options;
  return createTracerProvider({
    resource: createResource(options.resource),
    // Without a sampler the provider asks nobody: the rule is the same.
    ...(sampler === null ? {} : { sampler }),
    spanLimits: toSdkLimits(options.limits),
    spanProcessors: options.processors,
    clock,
    ...(redactor === null ? {} : { redactor }),
    ...(stopwatch === undefined ? {} : { stopwatch }),
  });
}
