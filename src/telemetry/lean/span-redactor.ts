/** Where secrets are taken out of a lean span: when it ends for what is rare, when a value is looked at for attributes. */

import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { FlatAttributes } from './attributes.ts';
import type { RareParts } from './rare-parts.ts';

/** The part of a redactor that spans need; both give back the same thing when there is nothing to hide. */
export interface SpanRedactor {
  text(text: string): string;
  value(key: string, value: AttributeValue): AttributeValue;
}

/** Events, links and the status message, in place. */
export function redactRareParts(rare: RareParts, redactor: SpanRedactor): void {
  for (const { attributes } of rare.events) redactAttributes(attributes, redactor);
  for (const { attributes } of rare.links) redactAttributes(attributes, redactor);
  const { code, message } = rare.status;
  if (message !== undefined) rare.status = { code, message: redactor.text(message) };
}

/** The list for readers, in place. */
export function redactFlatAttributes(list: FlatAttributes, redactor: SpanRedactor): void {
  for (let index = 0; index < list.length; index += 2) {
    list[index + 1] = redactor.value(list[index] as string, list[index + 1] as AttributeValue);
  }
}

function redactAttributes(attributes: Attributes | undefined, redactor: SpanRedactor): void {
  if (attributes === undefined) return;
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value !== undefined) attributes[key] = redactor.value(key, value);
  }
}
