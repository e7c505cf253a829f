/**
 * Metrics of calls that leave the process, taken where their CLIENT spans begin and end. Sampling does not touch them:
 * a span that is not recorded is measured all the same.
 */

import {
  type Attributes,
  type AttributeValue,
  type Context,
  type Exception,
  type Link,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
  type Tracer,
} from '@opentelemetry/api';
import type { Clock } from '../domain/clock.ts';
import { withActiveSpan } from './active-context.ts';
import { activeContext, runInContextWith } from './context-manager.ts';
import type { FindRecord, RecordCall } from './metrics/client-metrics.ts';
import { SEMCONV_ATTR } from './names.ts';

/** What stands behind a measured tracer. */
const inners = new WeakMap<Tracer, Tracer>();

/** The tracer without measuring; the same one when it does not measure. */
export function unmeasured(tracer: Tracer): Tracer {
  return inners.get(tracer) ?? tracer;
}

/** @returns a tracer that does as `inner` does and measures CLIENT spans of databases, caches and exchanges. */
export function createMeasuredTracer(inner: Tracer, findRecord: FindRecord, clock: Clock): Tracer {
  const startSpan = (name: string, options: SpanOptions = {}, parent = activeContext()): Span => {
    const span = inner.startSpan(name, options, parent);
    if (options.kind !== SpanKind.CLIENT) return span;
    const attributes = options.attributes ?? {};
    const record = findRecord(attributes);
    return record === null ? span : new MeasuredSpan(span, attributes, record, clock, parent);
  };
  const measured: Tracer = {
    startSpan,
    startActiveSpan: (name: string, ...rest: readonly unknown[]) => {
      const { options, parent, callback } = readArguments(rest);
      const span = startSpan(name, options, parent);
      return runInContextWith(withActiveSpan(parent, span), callback, span);
    },
  };
  inners.set(measured, inner);
  return measured;
}

interface ActiveSpanArguments {
  readonly options: SpanOptions;
  readonly parent: Context;
  readonly callback: (span: Span) => unknown;
}

/** The API's three forms: callback, options and callback, options and context and callback. */
function readArguments(rest: readonly unknown[]): ActiveSpanArguments {
  const callback = rest.at(-1) as ActiveSpanArguments['callback'];
  const options = (rest.length > 1 ? rest[0] : {}) as SpanOptions;
  const parent = (rest.length > 2 ? rest[1] : activeContext()) as Context;
  return { options, parent, callback };
}

/** Passes everything on, and remembers what the metric takes. */
class MeasuredSpan implements Span {
  readonly #inner: Span;
  readonly #attributes: Attributes;
  readonly #record: RecordCall;
  readonly #clock: Clock;
  readonly #active: Context;
  readonly #startedMs: number;
  #errorType: string | null = null;
  #isEnded = false;

  constructor(
    inner: Span,
    attributes: Attributes,
    record: RecordCall,
    clock: Clock,
    parent: Context,
  ) {
    this.#inner = inner;
    this.#attributes = { ...attributes };
    this.#record = record;
    this.#clock = clock;
    this.#active = withActiveSpan(parent, inner);
    this.#startedMs = clock.monotonicMs();
  }

  /** As a `ReadableSpan` has them; of a span that is not recorded, what was set here. */
  get attributes(): Attributes {
    const { attributes } = this.#inner as Span & { readonly attributes?: Attributes };
    return attributes ?? this.#attributes;
  }

  spanContext(): SpanContext {
    return this.#inner.spanContext();
  }

  setAttribute(key: string, value: AttributeValue): this {
    this.#attributes[key] = value;
    if (key === SEMCONV_ATTR.errorType) this.#errorType = String(value);
    this.#inner.setAttribute(key, value);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined) this.setAttribute(key, value);
    }
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    this.#inner.addEvent(name, attributesOrTime, time);
    return this;
  }

  addLink(link: Link): this {
    this.#inner.addLink(link);
    return this;
  }

  addLinks(links: Link[]): this {
    this.#inner.addLinks(links);
    return this;
  }

  setStatus(status: SpanStatus): this {
    if (status.code === SpanStatusCode.ERROR) this.#errorType ??= '_OTHER';
    this.#inner.setStatus(status);
    return this;
  }

  updateName(name: string): this {
    this.#inner.updateName(name);
    return this;
  }

  end(endTime?: TimeInput): void {
    this.#inner.end(endTime);
    if (this.#isEnded) return;
    this.#isEnded = true;
    const durationMs = this.#clock.monotonicMs() - this.#startedMs;
    this.#record(this.#attributes, durationMs, this.#errorType, this.#active);
  }

  isRecording(): boolean {
    return this.#inner.isRecording();
  }

  recordException(exception: Exception, time?: TimeInput): void {
    this.#inner.recordException(exception, time);
  }
}
