/**
 * Context in the messages of a stream. Server-sent events carry it as fields of its own names, which `EventSource`
 * ignores (WHATWG HTML, "Interpreting an event stream": a field of another name is ignored). JSON messages over a
 * WebSocket carry it in a member named `trace`.
 */

import type { Context, TextMapPropagator } from '@opentelemetry/api';
import { attributesGetter, recordSetter } from './carriers.ts';

/** The member of a WebSocket message that carries context. */
export const TRACE_MEMBER = 'trace';

/** The lines to put before `data:` in an event, each ended; empty without a span. */
export function formatSseContext(propagator: TextMapPropagator, context: Context): string {
  return Object.entries(carrierOf(propagator, context))
    .map(([field, value]) => `${field}: ${value}\n`)
    .join('');
}

/** Continues the context that one event (its lines, as received) carries. */
export function extractSseContext(
  propagator: TextMapPropagator,
  context: Context,
  event: string,
): Context {
  const names = new Set(propagator.fields());
  const carrier: Record<string, string[]> = {};
  for (const line of event.split(/\r\n|\r|\n/)) {
    const [field = ''] = line.split(':', 1);
    if (!names.has(field)) continue;
    carrier[field] = [...(carrier[field] ?? []), line.slice(field.length + 1)];
  }
  return propagator.extract(context, carrier, attributesGetter);
}

/** The message with its `trace` member; the same message without a span. */
export function injectMessageContext<Message extends object>(
  propagator: TextMapPropagator,
  context: Context,
  message: Message,
): Message & { readonly [TRACE_MEMBER]?: Readonly<Record<string, string>> } {
  const carrier = carrierOf(propagator, context);
  return Object.keys(carrier).length === 0 ? message : { ...message, [TRACE_MEMBER]: carrier };
}

/** Continues the context that a parsed message carries; whatever is not of the right shape carries none. */
export function extractMessageContext(
  propagator: TextMapPropagator,
  context: Context,
  message: unknown,
): Context {
  if (typeof message !== 'object' || message === null || !(TRACE_MEMBER in message)) return context;
  const carrier = message[TRACE_MEMBER];
  if (typeof carrier !== 'object' || carrier === null) return context;
  return propagator.extract(context, { ...carrier }, attributesGetter);
}

function carrierOf(propagator: TextMapPropagator, context: Context): Record<string, string> {
  const carrier: Record<string, string> = {};
  propagator.inject(context, carrier, recordSetter);
  return carrier;
}
