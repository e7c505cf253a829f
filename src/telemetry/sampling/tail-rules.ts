/** Why a finished trace is kept whatever chance says: an error, an opportunity; a duration is looked at elsewhere. */

import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { ATTR } from '../names.ts';
import { hasError, isAboveZero } from '../recent-span.ts';

/** True when a span has the status ERROR. */
export function hasAnyError(spans: readonly ReadableSpan[]): boolean {
  return spans.some(hasError);
}

/** True when a span found or opened at least one opportunity. */
export function hasOpportunity(spans: readonly ReadableSpan[]): boolean {
  return spans.some(
    (span) =>
      isAboveZero(span, ATTR.opportunitiesFound) ||
      isAboveZero(span, ATTR.opportunitiesOpenedCount),
  );
}
