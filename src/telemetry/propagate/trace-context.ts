/** W3C trace context level 2 as a propagator of the OpenTelemetry API, strict in what it accepts. */

import {
  type Context,
  createContextKey,
  isSpanContextValid,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '../suppression.ts';
import { parseTraceState, TRACESTATE_HEADER } from './trace-state.ts';
import {
  FLAG_RANDOM,
  FLAG_SAMPLED,
  formatTraceparent,
  parseTraceparent,
  TRACEPARENT_HEADER,
} from './traceparent.ts';

/** How the propagator marks traces that begin here. */
export interface TraceContextOptions {
  /**
   * Marks traces that begin here as random. For tracers that make random trace ids without setting the flag
   * themselves, such as the official SDK 2.x. Default false.
   */
  readonly randomTraceIds?: boolean;
}

/** The parent that came in: the official tracer forgets its random flag, and the flag must stay as it came. */
const REMOTE_PARENT = createContextKey('spreadscope trace-context remote parent');

/** Reads and writes `traceparent` and `tracestate`. Nothing is written while tracing is suppressed. */
export function createTraceContextPropagator(options: TraceContextOptions = {}): TextMapPropagator {
  const flagOfNewTraces = options.randomTraceIds === true ? FLAG_RANDOM : 0;
  return {
    inject: (context, carrier, setter) => inject(context, carrier, setter, flagOfNewTraces),
    extract,
    fields: () => [TRACEPARENT_HEADER, TRACESTATE_HEADER],
  };
}

function inject<Carrier>(
  context: Context,
  carrier: Carrier,
  setter: TextMapSetter<Carrier>,
  flagOfNewTraces: number,
): void {
  const spanContext = trace.getSpanContext(context);
  if (spanContext === undefined || !isSpanContextValid(spanContext)) return;
  if (isTracingSuppressed(context)) return;
  const random = randomFlag(context, spanContext, flagOfNewTraces);
  const flags = (spanContext.traceFlags & FLAG_SAMPLED) | random;
  setter.set(carrier, TRACEPARENT_HEADER, formatTraceparent(spanContext, flags));
  const traceState = spanContext.traceState?.serialize() ?? '';
  if (traceState !== '') setter.set(carrier, TRACESTATE_HEADER, traceState);
}

/** A continued trace keeps the flag as it came in, set or not; of a new one the span or the option knows. */
function randomFlag(context: Context, span: SpanContext, flagOfNewTraces: number): number {
  const remote = context.getValue(REMOTE_PARENT) as SpanContext | undefined;
  if (remote?.traceId === span.traceId) return remote.traceFlags & FLAG_RANDOM;
  return (span.traceFlags & FLAG_RANDOM) | (span.isRemote === true ? 0 : flagOfNewTraces);
}

function extract<Carrier>(
  context: Context,
  carrier: Carrier,
  getter: TextMapGetter<Carrier>,
): Context {
  const header = single(getter.get(carrier, TRACEPARENT_HEADER));
  const parent = header === null ? null : parseTraceparent(header);
  if (parent === null) return context;
  const traceState = joined(getter.get(carrier, TRACESTATE_HEADER));
  const parsedState = traceState === '' ? null : parseTraceState(traceState);
  const spanContext: SpanContext = {
    traceId: parent.traceId,
    spanId: parent.parentId,
    traceFlags: parent.flags,
    isRemote: true,
    ...(parsedState !== null && parsedState.serialize() !== '' && { traceState: parsedState }),
  };
  const remembered = context.setValue(REMOTE_PARENT, spanContext);
  return trace.setSpanContext(remembered, spanContext);
}

/** A `traceparent` that came more than once says nothing. */
function single(value: string | string[] | undefined): string | null {
  if (Array.isArray(value)) return value.length === 1 ? (value[0] ?? null) : null;
  return value ?? null;
}

/** Several `tracestate` fields are one list, in their order (RFC 9110 section 5.3). */
function joined(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}
