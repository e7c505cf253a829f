/** Attributes of an event or a link, cleaned and cut to the limits. */

import type { Attributes } from '@opentelemetry/api';
import { cleanValue } from './attributes.ts';
import type { SpanLimits } from './span-limits.ts';

export interface LimitedAttributes {
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
}

export function limitAttributes(
  given: Attributes | undefined,
  countLimit: number,
  { attributeValueLengthLimit }: SpanLimits,
): LimitedAttributes {
  const attributes: Attributes = {};
  let count = 0;
  let droppedAttributesCount = 0;
  for (const key of Object.keys(given ?? {})) {
    const value = cleanValue(key, given?.[key], attributeValueLengthLimit);
    if (value === null) continue;
    if (count >= countLimit) {
      droppedAttributesCount += 1;
      continue;
    }
    attributes[key] = value;
    count += 1;
  }
  return { attributes, droppedAttributesCount };
}
