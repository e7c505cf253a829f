/** Why a finished trace is kept whatever chance says: an error, an opportunity, a duration among the slowest. */

import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { ATTR } from '../names.ts';

/** `SpanStatusCode.ERROR` of the API. */
const STATUS_ERROR = 2;

/** True when a span has the status ERROR. */
export function hasError(spans: readonly ReadableSpan[]): boolean {
  return spans.some((span) => span.status.code === STATUS_ERROR);
}

/** True when a span found or opened at least one opportunity. */
export function hasOpportunity(spans: readonly ReadableSpan[]): boolean {
  return spans.some(
    ({ attributes }) =>
      isPositive(attributes, ATTR.opportunitiesFound) ||
      isPositive(attributes, ATTR.opportunitiesOpenedCount),
  );
}

/** Milliseconds, with fractions. */
export function durationMs(span: ReadableSpan): number {
  return span.duration[0] * 1000 + span.duration[1] / 1e6;
}

function isPositive(attributes: Attributes, key: string): boolean {
  const value = attributes[key];
  return typeof value === 'number' && value > 0;
}
