/** What a recorded span holds, and the views of it that `ReadableSpan` promises, made when somebody reads them. */

import type {
  Attributes,
  HrTime,
  Link,
  SpanContext,
  SpanKind,
  SpanStatus,
  TimeInput,
} from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { hrTimeDuration } from '../hr-time.ts';
import { type FlatAttributes, toAttributes } from './attributes.ts';
import { RareParts, type TimedEvent, UNSET } from './rare-parts.ts';
import type { SpanIdentity } from './span-identity.ts';
import { redactFlatAttributes } from './span-redactor.ts';
import { type ClockAnchor, toHrTime } from './trace-clock.ts';
import type { TracerShared } from './tracer-shared.ts';

/** Frozen: nobody may add to what all spans without them show. */
const NO_EVENTS = Object.freeze([]) as unknown as TimedEvent[];
const NO_LINKS = Object.freeze([]) as unknown as Link[];

/** Fields are for the encoder beside it; programs see `LeanSpan` as the API's `Span`. */
export class SpanRecord implements ReadableSpan {
  readonly shared: TracerShared;
  readonly identity: SpanIdentity;
  readonly parentIdentity: SpanIdentity | null;
  readonly kind: SpanKind;
  name: string;
  readonly anchor: ClockAnchor;
  /** Monotonic reading, as `endMs`; not used where a time was given. */
  readonly startMs: number;
  endMs = 0;
  /** May hold a key twice. */
  readonly flatAttributes: FlatAttributes = [];
  rare: RareParts | null = null;
  ended = false;

  constructor(
    shared: TracerShared,
    identity: SpanIdentity,
    parentIdentity: SpanIdentity | null,
    name: string,
    kind: SpanKind,
    startTime: TimeInput | undefined,
  ) {
    const { clock } = shared;
    this.shared = shared;
    this.identity = identity;
    this.parentIdentity = parentIdentity;
    this.kind = kind;
    this.name = name;
    this.startMs = clock.nowMs();
    this.anchor = clock.anchorAt(this.startMs);
    if (startTime !== undefined) this.makeRare().givenStart = clock.toHrTime(startTime);
  }

  get resource(): ReadableSpan['resource'] {
    return this.shared.resource;
  }

  get instrumentationScope(): ReadableSpan['instrumentationScope'] {
    return this.shared.scope;
  }

  /** `undefined` for a root; the interface has no type for a getter that gives nothing. */
  get parentSpanContext(): SpanContext {
    return this.parentIdentity?.toSpanContext() as SpanContext;
  }

  get startTime(): HrTime {
    return this.rare?.givenStart ?? toHrTime(this.anchor, this.startMs);
  }

  get endTime(): HrTime {
    if (!this.ended) return [0, 0];
    return this.rare?.givenEnd ?? toHrTime(this.anchor, this.endMs);
  }

  get duration(): HrTime {
    return this.ended ? hrTimeDuration(this.startTime, this.endTime) : [-1, -1];
  }

  get status(): SpanStatus {
    return this.rare?.status ?? UNSET;
  }

  /** For processors that clean what a span says. */
  set status(status: SpanStatus) {
    this.makeRare().status = status;
  }

  get events(): TimedEvent[] {
    return this.rare?.events ?? NO_EVENTS;
  }

  get links(): Link[] {
    return this.rare?.links ?? NO_LINKS;
  }

  get droppedAttributesCount(): number {
    return this.rare?.droppedAttributesCount ?? 0;
  }

  get droppedEventsCount(): number {
    return this.rare?.droppedEventsCount ?? 0;
  }

  get droppedLinksCount(): number {
    return this.rare?.droppedLinksCount ?? 0;
  }

  get attributes(): Attributes {
    if (!this.ended) return toAttributes(this.flatAttributes);
    const rare = this.makeRare();
    rare.readAttributes ??= this.#toReadAttributes();
    return rare.readAttributes;
  }

  spanContext(): SpanContext {
    return this.identity.toSpanContext();
  }

  /** Room for what most spans do not have. */
  makeRare(): RareParts {
    this.rare ??= new RareParts();
    return this.rare;
  }

  /** The encoder asks the redactor itself, and only for values that it has not just seen. */
  #toReadAttributes(): Attributes {
    const { redactor } = this.shared;
    if (redactor === null) return toAttributes(this.flatAttributes);
    const list = this.flatAttributes.slice();
    redactFlatAttributes(list, redactor);
    return toAttributes(list);
  }
}
