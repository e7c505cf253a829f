/** Removes secrets from a span the moment it ends, before anything that keeps or exports it sees it. */

import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Redactor } from './redact.ts';

type Writable<Given> = { -readonly [Key in keyof Given]: Given[Key] };

/** For the SDK's tracer; the lean one redacts by itself. Must stand first in the list of processors. */
export function createRedactingProcessor(redactor: Redactor): SpanProcessor {
  return {
    onStart: () => {},
    onEnd: (span) => {
      redactSpan(span, redactor);
      redactName(span, redactor);
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

/** Changes the ended span itself: its attributes, events, links, status and name are plain data of the SDK's span. */
function redactSpan(span: ReadableSpan, redactor: Redactor): void {
  const writable: Writable<ReadableSpan> = span;
  redactInPlace(span.attributes, redactor);
  for (const event of span.events) {
    if (event.attributes !== undefined) redactInPlace(event.attributes, redactor);
  }
  for (const link of span.links) {
    if (link.attributes !== undefined) redactInPlace(link.attributes, redactor);
  }
  const { message } = span.status;
  if (message !== undefined) writable.status = { ...span.status, message: redactor.text(message) };
}

function redactName(span: Writable<ReadableSpan>, redactor: Redactor): void {
  const name = redactor.text(span.name);
  if (name !== span.name) span.name = name;
}

function redactInPlace(attributes: Attributes, redactor: Redactor): void {
  for (const key in attributes) {
    const before = attributes[key];
    if (before === undefined || typeof before === 'boolean') continue;
    const after = redactor.value(key, before);
    if (after !== before) attributes[key] = after;
  }
}
