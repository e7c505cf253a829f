/** Copies the allowed baggage of the parent context to each span that starts, as attributes of the same names. */

import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { allowedPairs } from './baggage.ts';

/** An attribute that the span already has stays: what the code says is nearer than what the caller said. */
export function createBaggageSpanProcessor(): SpanProcessor {
  return {
    onStart: (span, parentContext) => {
      for (const [key, value] of allowedPairs(parentContext)) {
        if (span.attributes[key] === undefined) span.setAttribute(key, value);
      }
    },
    onEnd: () => {},
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
