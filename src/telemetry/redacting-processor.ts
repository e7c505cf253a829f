/** Removes secrets from a span the moment it ends, before anything that keeps or exports it sees it. */

import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { LeanSpan } from './lean/lean-span.ts';
import type { Redactor } from './redact.ts';

type Writable<Given> = { -readonly [Key in keyof Given]: Given[Key] };

/** Must stand first in the list of processors. */
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

/** Changes the ended span itself: both tracers keep what a reader changes before the next processor sees the span. */
function redactSpan(span: ReadableSpan, redactor: Redactor): void {
  if (span instanceof LeanSpan) {
    redactFlat(span, redactor);
    // No events, links or status: most spans end here.
    if (span.rare === null) return;
  } else {
    redactInPlace(span.attributes, redactor);
  }
  const writable: Writable<ReadableSpan> = span;
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

/** The list as it was recorded, without making the attributes that nobody may ask for. */
function redactFlat(span: LeanSpan, redactor: Redactor): void {
  const { flatAttributes } = span;
  for (let index = 0; index < flatAttributes.length; index += 2) {
    const before = flatAttributes[index + 1];
    if (before === undefined || typeof before === 'boolean') continue;
    const after = redactor.value(String(flatAttributes[index]), before);
    if (after !== before) flatAttributes[index + 1] = after;
  }
}

function redactInPlace(attributes: Attributes, redactor: Redactor): void {
  for (const key in attributes) {
    const before = attributes[key];
    if (before === undefined || typeof before === 'boolean') continue;
    const after = redactor.value(key, before);
    if (after !== before) attributes[key] = after;
  }
}
