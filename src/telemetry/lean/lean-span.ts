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
import { cleanValue, dropRepeatedKeys, type FlatAttributes, toAttributes } from './attributes.ts';
import { toExceptionAttributes } from './exception-attributes.ts';
import { limitAttributes } from './limit-attributes.ts';
import { RareParts, type TimedEvent, UNSET } from './rare-parts.ts';
import type { SpanIdentity } from './span-identity.ts';
import { redactFlatAttributes, redactRareParts, type SpanRedactor } from './span-redactor.ts';
import { type ClockAnchor, toHrTime } from './trace-clock.ts';
import type { TracerShared } from './tracer-shared.ts';

/** Frozen: nobody may add to what all spans without them show. */
const NO_EVENTS = Object.freeze([]) as unknown as TimedEvent[];
const NO_LINKS = Object.freeze([]) as unknown as Link[];

/** Fields are for the encoder beside it; programs get the span as the API's `Span`. */
export class LeanSpan implements Span {
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
    if (startTime !== undefined) this.#makeRare().givenStart = clock.toHrTime(startTime);
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
    this.#makeRare().status = status;
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
    const rare = this.#makeRare();
    rare.readAttributes ??= this.#toReadAttributes();
    return rare.readAttributes;
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
    // Plain objects inherit nothing that can be listed; asking at each key would double the cost.
    const isPlain = Object.getPrototypeOf(attributes) === Object.prototype;
    for (const key in attributes) {
      if (isPlain || Object.hasOwn(attributes, key)) this.setAttribute(key, attributes[key]);
    }
    return this;
  }

  addEvent(
    name: string,
    attributesOrTime?: Attributes | TimeInput,
    timeBesideAttributes?: TimeInput,
  ): this {
    if (this.#refusesWrites()) return this;
    const { limits } = this.shared;
    const rare = this.#makeRare();
    if (!hasRoom(rare.events, limits.eventCountLimit)) rare.droppedEventsCount += 1;
    if (limits.eventCountLimit === 0) return this;
    const isTime = isTimeInput(attributesOrTime);
    const time = timeBesideAttributes ?? (isTime ? attributesOrTime : undefined);
    const given = isTime ? undefined : (attributesOrTime as Attributes | undefined);
    const limited = limitAttributes(given, limits.attributePerEventCountLimit, limits);
    rare.events.push({ name, ...limited, time: this.#timeOf(time) });
    return this;
  }

  addLink({ context, attributes }: Link): this {
    if (this.#refusesWrites()) return this;
    const { limits } = this.shared;
    const rare = this.#makeRare();
    if (!hasRoom(rare.links, limits.linkCountLimit)) rare.droppedLinksCount += 1;
    if (limits.linkCountLimit === 0) return this;
    rare.links.push({
      context,
      ...limitAttributes(attributes, limits.attributePerLinkCountLimit, limits),
    });
    return this;
  }

  addLinks(links: readonly Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus({ code, message }: SpanStatus): this {
    if (this.#refusesWrites()) return this;
    // OK is final, and nobody can go back to UNSET (opentelemetry-specification `trace/api.md`, "Set Status").
    if (code === SpanStatusCode.UNSET || this.status.code === SpanStatusCode.OK) return this;
    const hasMessage = code === SpanStatusCode.ERROR && typeof message === 'string';
    this.status = hasMessage ? { code, message } : { code };
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
    const { clock, redactor, state } = this.shared;
    this.endMs = clock.nowMs();
    if (endTime !== undefined) this.#makeRare().givenEnd = clock.toHrTime(endTime);
    if (this.rare !== null) this.#orderGivenTimes(this.rare);
    state.endingSpan(this);
    if (redactor !== null) this.#redact(redactor);
    this.ended = true;
    state.endSpan(this);
  }

  /** The encoder asks the redactor itself, and only for values that it has not just seen. */
  #toReadAttributes(): Attributes {
    const { redactor } = this.shared;
    if (redactor === null) return toAttributes(this.flatAttributes);
    const list = this.flatAttributes.slice();
    redactFlatAttributes(list, redactor);
    return toAttributes(list);
  }

  #redact(redactor: SpanRedactor): void {
    this.name = redactor.text(this.name);
    if (this.rare !== null) redactRareParts(this.rare, redactor);
  }

  #makeRare(): RareParts {
    this.rare ??= new RareParts();
    return this.rare;
  }

  /** A span that would end before it began ends when it began. */
  #orderGivenTimes(rare: RareParts): void {
    if (rare.givenStart === null && rare.givenEnd === null) return;
    rare.givenEnd ??= this.shared.clock.toHrTimeNow(this.endMs);
    const start = this.startTime;
    if (hrTimeDuration(start, rare.givenEnd)[0] >= 0) return;
    diag.warn(`span ${this.name}: the end lies before the start; its duration becomes 0`);
    rare.givenEnd = [start[0], start[1]];
  }

  /** Beside a given start, the wall clock is what fits; otherwise the clock that the span began with. */
  #timeOf(time: TimeInput | undefined): HrTime {
    const { clock } = this.shared;
    if (time !== undefined) return clock.toHrTime(time);
    const isGiven = this.rare !== null && this.rare.givenStart !== null;
    const nowMs = clock.nowMs();
    return isGiven ? clock.toHrTimeNow(nowMs) : toHrTime(this.anchor, nowMs);
  }

  #setWhenFull(key: string, value: AttributeValue): void {
    const list = this.flatAttributes;
    dropRepeatedKeys(list);
    for (let index = 0; index < list.length; index += 2) {
      if (list[index] !== key) continue;
      list[index + 1] = value;
      return;
    }
    if (list.length < this.shared.limits.attributeCountLimit * 2) list.push(key, value);
    else this.#makeRare().droppedAttributesCount += 1;
  }

  #refusesWrites(): boolean {
    if (this.ended) diag.warn(`span ${this.name}: changed after its end; the change is lost`);
    return this.ended;
  }
}

/** Makes room by dropping the oldest; false when something is, or will be, dropped. */
function hasRoom(list: unknown[], limit: number): boolean {
  if (list.length < limit) return true;
  list.shift();
  return false;
}
