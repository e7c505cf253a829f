/** What most spans do not have: kept apart, so that a span without them is small. */

import {
  type Attributes,
  type HrTime,
  type Link,
  type SpanStatus,
  SpanStatusCode,
} from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

export type TimedEvent = ReadableSpan['events'][number];

export const UNSET: SpanStatus = Object.freeze({ code: SpanStatusCode.UNSET });

export class RareParts {
  status: SpanStatus = UNSET;
  readonly events: TimedEvent[] = [];
  readonly links: Link[] = [];
  droppedAttributesCount = 0;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  givenStart: HrTime | null = null;
  givenEnd: HrTime | null = null;
  /** What a reader got, and may have changed, after the end; null while nobody has looked. */
  readAttributes: Attributes | null = null;
}
