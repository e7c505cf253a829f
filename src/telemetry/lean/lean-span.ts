/**
 * A recorded span. It takes what it is given and does as little as possible with it: the encoder reads the record as it
 * is, and readers get views that are made for them.
 */

import {
  type Attributes,
  type AttributeValue,
  diag,
  type Exception,
  type HrTime,
  type Link,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
} from '@opentelemetry/api';
import type { Span } from '@opentelemetry/sdk-trace-base';
import { hrTimeDuration, isTimeInput } from '../hr-time.ts';
import { cleanValue, dropRepeatedKeys } from './attributes.ts';
import { toExceptionAttributes } from './exception-attributes.ts';
import { limitAttributes } from './limit-attributes.ts';
import type { RareParts } from './rare-parts.ts';
import { SpanRecord } from './span-record.ts';
import { redactRareParts, type SpanRedactor } from './span-redactor.ts';
import { toHrTime } from './trace-clock.ts';

export class LeanSpan extends SpanRecord implements Span {
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
    const rare = this.makeRare();
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
    const rare = this.makeRare();
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
    if (attributes === null) diag.warn('exception without type and message: not recorded');
    else this.addEvent('exception', attributes, time);
  }

  end(endTime?: TimeInput): void {
    if (this.ended) {
      diag.error(`span ${this.name}: end() was called twice`);
      return;
    }
    const { clock, redactor, state } = this.shared;
    this.endMs = clock.nowMs();
    if (endTime !== undefined) this.makeRare().givenEnd = clock.toHrTime(endTime);
    if (this.rare !== null) this.#orderGivenTimes(this.rare);
    state.endingSpan(this);
    if (redactor !== null) this.#redact(redactor);
    this.ended = true;
    state.endSpan(this, this.endMs);
  }

  #redact(redactor: SpanRedactor): void {
    this.name = redactor.text(this.name);
    if (this.rare !== null) redactRareParts(this.rare, redactor);
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
    else this.makeRare().droppedAttributesCount += 1;
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
