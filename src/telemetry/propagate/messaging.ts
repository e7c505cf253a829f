/**
 * Context in message attributes: PRODUCER spans that write it, CONSUMER spans that continue it or link to it. Names
 * and attributes follow OpenTelemetry's "Semantic conventions for messaging spans" 1.45.0.
 */

import {
  type Attributes,
  type Context,
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type TextMapPropagator,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { MESSAGING_ATTR } from '../names.ts';
import { withSpan } from '../spans.ts';
import { attributesGetter, type MessageAttributes, recordSetter } from './carriers.ts';

/** Most links of one batch: the specification's default for `OTEL_SPAN_LINK_COUNT_LIMIT`. */
export const MAX_BATCH_LINKS = 128;

/** What the spans of one queue or stream have in common. */
export interface MessagingOptions {
  readonly tracer: Tracer;
  readonly propagator: TextMapPropagator;
  /** Of few values, as it becomes part of the span's name. */
  readonly destination: string;
  /** `messaging.system`, for example `cloudflare_queues`. */
  readonly system: string;
  readonly attributes?: Attributes;
  /** Explicit parent; the active context when absent. */
  readonly parent?: Context;
}

/** Runs `send` in a PRODUCER span, with the attributes that the message must carry. */
export function withProducerSpan<Result>(
  options: MessagingOptions,
  send: (attributes: Record<string, string>, span: Span) => Result,
): Result {
  const parent = options.parent ?? context.active();
  const { name, ...spanOptions } = spanOf(options, 'send', SpanKind.PRODUCER, parent);
  return withSpan(options.tracer, name, spanOptions, (span) => {
    const carrier: Record<string, string> = {};
    options.propagator.inject(trace.setSpan(parent, span), carrier, recordSetter);
    return send(carrier, span);
  });
}

/**
 * Runs `process` for one message in a CONSUMER span whose parent is the message's producer; without one it is a new
 * trace. What the message carries beside the parent (baggage) is in the context that `process` is given.
 */
export function withConsumerSpan<Result>(
  options: MessagingOptions,
  message: MessageAttributes,
  process: (span: Span, processContext: Context) => Result,
): Result {
  const base = options.parent ?? ROOT_CONTEXT;
  const parent = options.propagator.extract(base, message, attributesGetter);
  const { name, ...spanOptions } = spanOf(options, 'process', SpanKind.CONSUMER, parent);
  return withSpan(options.tracer, name, spanOptions, (span) =>
    process(span, trace.setSpan(parent, span)),
  );
}

/** Runs `process` for a batch in one CONSUMER span that links to the producer of each message. */
export function withBatchConsumerSpan<Result>(
  options: MessagingOptions,
  messages: readonly MessageAttributes[],
  process: (span: Span) => Result,
): Result {
  const parent = options.parent ?? context.active();
  const { name, ...spanOptions } = spanOf(options, 'process', SpanKind.CONSUMER, parent);
  spanOptions.attributes[MESSAGING_ATTR.batchMessageCount] = messages.length;
  const links = toLinks(options.propagator, messages);
  return withSpan(options.tracer, name, spanOptions, (span) => {
    span.addLinks([...links]);
    return process(span);
  });
}

/** One link to the producer of each message that carries one, `MAX_BATCH_LINKS` at most. */
export function toLinks(
  propagator: TextMapPropagator,
  messages: readonly MessageAttributes[],
): readonly Link[] {
  const links: Link[] = [];
  for (const message of messages) {
    if (links.length === MAX_BATCH_LINKS) break;
    const extracted = propagator.extract(ROOT_CONTEXT, message, attributesGetter);
    const spanContext = trace.getSpanContext(extracted);
    if (spanContext !== undefined) links.push({ context: spanContext });
  }
  return links;
}

function spanOf(
  options: MessagingOptions,
  operation: 'send' | 'process',
  kind: SpanKind,
  parent: Context,
) {
  const attributes: Attributes = {
    ...options.attributes,
    [MESSAGING_ATTR.system]: options.system,
    [MESSAGING_ATTR.destinationName]: options.destination,
    [MESSAGING_ATTR.operationName]: operation,
    [MESSAGING_ATTR.operationType]: operation,
  };
  return { name: `${operation} ${options.destination}`, kind, attributes, parent };
}
