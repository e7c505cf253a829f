/**
 * A recorded span. It holds what was given to it and does as little as possible with it until somebody reads it: the
 * encoder takes the fields as they are, and the views that `ReadableSpan` promises are made on demand.
 */

import {
  type Attributes,
  type AttributeValue,
  diag,
  type Exception,
  type HrTime,
  type Link,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
} from '@opentelemetry/api';
import { hrTimeDuration, isTimeInput } from '@opentelemetry/core';
import type { ReadableSpan, Span } from '@opentelemetry/sdk-trace-base';
import {
  cleanValue,
  dropRepeatedKeys,
  type FlatAttributes,
  limitAttributes,
  toAttributes,
} from './attributes.ts';
import { toExceptionAttributes } from './exception-attributes.ts';
import type { SpanIdentity } from './span-identity.ts';
import { type ClockAnchor, toHrTime } from './trace-clock.ts';
import type { TracerShared } from './tracer-shared.ts';

type TimedEvent = ReadableSpan['events'][number];

const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };
const NO_EVENTS: TimedEvent[] = [];
const NO_LINKS: Link[] = [];

export class LeanSpan implements Span {
  /** What the tracer shares with all its spans. */
  readonly shared: TracerShared;
  readonly identity: SpanIdentity;
  readonly parentIdentity: SpanIdentity | null;
  readonly kind: SpanKind;
  readonly anchor: ClockAnchor;
  /** Monotonic reading; not used where a start was given. */
  readonly startMs: number;
  readonly givenStart: HrTime | null;
  name: string;
  status: SpanStatus = UNSET;
  /** May hold a key twice. */
  flatAttributes: FlatAttributes = [];
  events: TimedEvent[] = NO_EVENTS;
  links: Link[] = NO_LINKS;
  droppedAttributesCount = 0;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  ended = false;
  /** Monotonic reading; not used where an end was given. */
  endMs = 0;
  givenEnd: HrTime | null = null;
  /** What a reader got, and may have changed, after the end; null while nobody has looked. */
  readAttributes: Attributes | null = null;

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
    this.name = name;
    this.kind = kind;
    this.startMs = clock.nowMs();
    this.anchor = clock.anchorAt(this.startMs);
    this.givenStart = startTime === undefined ? null : clock.toHrTime(startTime);
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
    return this.givenStart ?? toHrTime(this.anchor, this.startMs);
  }

  get endTime(): HrTime {
    if (!this.ended) return [0, 0];
    return this.givenEnd ?? toHrTime(this.anchor, this.endMs);
  }

  get duration(): HrTime {
    return this.ended ? hrTimeDuration(this.startTime, this.endTime) : [-1, -1];
  }

  get attributes(): Attributes {
    if (this.readAttributes !== null) return this.readAttributes;
    const attributes = toAttributes(this.flatAttributes);
    if (this.ended) this.readAttributes = attributes;
    return attributes;
  }

  spanContext(): SpanContext {
    return this.identity.toSpanContext();
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: unknown): this {
    if (this.#refusesWrites()) return this;
    const { limits } = this.shared;
    const clean = cleanValue(key, value, limits.attributeValueLengthLimit);
    if (clean === null) return this;
    const list = this.flatAttributes;
    if (list.length < limits.attributeCountLimit * 2) list.push(key, clean);
    else this.#setWhenFull(key, clean);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const key in attributes) {
      if (Object.hasOwn(attributes, key)) this.setAttribute(key, attributes[key]);
    }
    return this;
  }

  addEvent(
    name: string,
    attributesOrTime?: Attributes | TimeInput,
    timeWhenAttributes?: TimeInput,
  ): this {
    if (this.#refusesWrites()) return this;
    const { eventCountLimit, attributePerEventCountLimit, attributeValueLengthLimit } =
      this.shared.limits;
    if (eventCountLimit === 0) {
      this.droppedEventsCount += 1;
      return this;
    }
    const isTime = isTimeInput(attributesOrTime);
    const time = isTimeInput(timeWhenAttributes)
      ? timeWhenAttributes
      : isTime
        ? attributesOrTime
        : undefined;
    const given = isTime ? undefined : (attributesOrTime as Attributes | undefined);
    const { attributes, droppedCount } = limitAttributes(
      given,
      attributePerEventCountLimit,
      attributeValueLengthLimit,
    );
    if (this.events === NO_EVENTS) this.events = [];
    if (this.events.length >= eventCountLimit) {
      this.events.shift();
      this.droppedEventsCount += 1;
    }
    this.events.push({
      name,
      attributes,
      time: this.#timeOf(time),
      droppedAttributesCount: droppedCount,
    });
    return this;
  }

  addLink(link: Link): this {
    if (this.#refusesWrites()) return this;
    const { linkCountLimit, attributePerLinkCountLimit, attributeValueLengthLimit } =
      this.shared.limits;
    if (linkCountLimit === 0) {
      this.droppedLinksCount += 1;
      return this;
    }
    if (this.links === NO_LINKS) this.links = [];
    if (this.links.length >= linkCountLimit) {
      this.links.shift();
      this.droppedLinksCount += 1;
    }
    const { attributes, droppedCount } = limitAttributes(
      link.attributes,
      attributePerLinkCountLimit,
      attributeValueLengthLimit,
    );
    this.links.push({ context: link.context, attributes, droppedAttributesCount: droppedCount });
    return this;
  }

  addLinks(links: readonly Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus(status: SpanStatus): this {
    if (this.#refusesWrites()) return this;
    // OK is final, and nobody can go back to UNSET (opentelemetry-specification `trace/api.md`, "Set Status").
    if (status.code === SpanStatusCode.UNSET || this.status.code === SpanStatusCode.OK) return this;
    const hasMessage = status.code === SpanStatusCode.ERROR && typeof status.message === 'string';
    this.status = hasMessage
      ? { code: status.code, message: status.message as string }
      : { code: status.code };
    return this;
  }

  updateName(name: string): this {
    if (!this.#refusesWrites()) this.name = name;
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const attributes = toExceptionAttributes(exception);
    if (attributes === null)
      diag.warn('exception not recorded: it has neither a type nor a message');
    else this.addEvent('exception', attributes, time);
  }

  end(endTime?: TimeInput): void {
    if (this.ended) {
      diag.error(`span ${this.name}: end() was called a second time`);
      return;
    }
    this.endMs = this.shared.clock.nowMs();
    if (endTime !== undefined) this.givenEnd = this.shared.clock.toHrTime(endTime);
    if (this.givenStart !== null || this.givenEnd !== null) this.#orderGivenTimes();
    const { state } = this.shared;
    state.endingSpan(this);
    this.ended = true;
    state.endSpan(this);
  }

  /** A span that would end before it began ends when it began. */
  #orderGivenTimes(): void {
    this.givenEnd ??= this.shared.clock.toHrTimeNow(this.endMs);
    const start = this.startTime;
    if (hrTimeDuration(start, this.givenEnd)[0] >= 0) return;
    diag.warn(`span ${this.name}: the end lies before the start; its duration becomes 0`);
    this.givenEnd = [start[0], start[1]];
  }

  #timeOf(time: TimeInput | undefined): HrTime {
    const { clock } = this.shared;
    if (time !== undefined) return clock.toHrTime(time);
    return this.givenStart === null
      ? toHrTime(this.anchor, clock.nowMs())
      : clock.toHrTimeNow(clock.nowMs());
  }

  #setWhenFull(key: string, value: AttributeValue): void {
    const { attributeCountLimit } = this.shared.limits;
    const list = this.flatAttributes;
    dropRepeatedKeys(list);
    for (let index = 0; index < list.length; index += 2) {
      if (list[index] !== key) continue;
      list[index + 1] = value;
      return;
    }
    if (list.length < attributeCountLimit * 2) list.push(key, value);
    else this.droppedAttributesCount += 1;
  }

  #refusesWrites(): boolean {
    if (this.ended) diag.warn(`span ${this.name}: changed after its end; the change is lost`);
    return this.ended;
  }
}
