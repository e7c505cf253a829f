/** Counts the spans that a workload starts. */

import type { Tracer } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';

export function createSpanCounter(): { readonly tracer: Tracer; spansCount(): number } {
  let count = 0;
  const provider = new BasicTracerProvider({
    spanProcessors: [
      {
        onStart: () => {
          count += 1;
        },
        onEnd: () => {},
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  return { tracer: provider.getTracer('bench'), spansCount: () => count };
}
