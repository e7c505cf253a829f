/** The program's propagator, chosen by names as `OTEL_PROPAGATORS` gives them. */

import type { TextMapPropagator } from '@opentelemetry/api';
import { createBaggagePropagator } from './baggage.ts';
import { createTraceContextPropagator, type TraceContextOptions } from './trace-context.ts';

/** The default of `OTEL_PROPAGATORS` in the specification. */
export const DEFAULT_PROPAGATORS = ['tracecontext', 'baggage'] as const;

/** Which formats, and how the trace context behaves. */
export interface PropagatorOptions extends TraceContextOptions {
  /** `tracecontext`, `baggage`; `none` means no propagation, whatever stands beside it. */
  readonly names?: readonly string[];
  /** Called once for each name that is not known; the name is then passed over. */
  readonly onUnknown?: (name: string) => void;
}

/** Joins the named propagators, each at most once. Never throws. */
export function createPropagator(options: PropagatorOptions = {}): TextMapPropagator {
  const names = new Set(options.names ?? DEFAULT_PROPAGATORS);
  const parts: TextMapPropagator[] = [];
  for (const name of names.has('none') ? [] : names) {
    if (name === 'tracecontext') parts.push(createTraceContextPropagator(options));
    else if (name === 'baggage') parts.push(createBaggagePropagator());
    else options.onUnknown?.(name);
  }
  return join(parts);
}

function join(parts: readonly TextMapPropagator[]): TextMapPropagator {
  return {
    inject: (context, carrier, setter) => {
      for (const part of parts) part.inject(context, carrier, setter);
    },
    extract: (context, carrier, getter) => {
      let joined = context;
      for (const part of parts) joined = part.extract(joined, carrier, getter);
      return joined;
    },
    fields: () => parts.flatMap((part) => part.fields()),
  };
}
