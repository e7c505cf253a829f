/** Spans that record nothing and only carry a context on; ids are made when somebody asks for them. */

import { INVALID_SPAN_CONTEXT, type Span, type SpanContext } from '@opentelemetry/api';
import type { IdSource } from './id-source.ts';
import type { SpanIdentity } from './span-identity.ts';

/** Does nothing, and says so. */
abstract class SilentSpan implements Span {
  abstract spanContext(): SpanContext;

  setAttribute(): this {
    return this;
  }

  setAttributes(): this {
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  setStatus(): this {
    return this;
  }

  updateName(): this {
    return this;
  }

  end(): void {}

  isRecording(): boolean {
    return false;
  }

  recordException(): void {}
}

/** The root of a trace that is not sampled. */
export class UnrecordedSpan extends SilentSpan {
  readonly #ids: IdSource;
  /** Null when nobody has looked at the trace's id yet. */
  readonly #traceWords: Uint32Array | null;
  readonly #traceStart: number;
  #identity: SpanIdentity | null = null;

  constructor(ids: IdSource, traceWords: Uint32Array | null = null, traceStart = 0) {
    super();
    this.#ids = ids;
    this.#traceWords = traceWords;
    this.#traceStart = traceStart;
  }

  /** What children need; made at the first call. */
  get identity(): SpanIdentity {
    this.#identity ??= this.#makeIdentity();
    return this.#identity;
  }

  spanContext(): SpanContext {
    return this.identity.toSpanContext();
  }

  #makeIdentity(): SpanIdentity {
    return this.#traceWords === null
      ? this.#ids.createSpan(null, false, undefined)
      : this.#ids.createUnsampledRoot(this.#traceWords, this.#traceStart);
  }
}

/** Carries a context that is known already. */
export class CarrierSpan extends SilentSpan {
  readonly identity: SpanIdentity;

  constructor(identity: SpanIdentity) {
    super();
    this.identity = identity;
  }

  spanContext(): SpanContext {
    return this.identity.toSpanContext();
  }
}

/** For suppressed tracing: belongs to no trace. One for all. */
class NoSpan extends SilentSpan {
  spanContext(): SpanContext {
    return INVALID_SPAN_CONTEXT;
  }
}

export const NO_SPAN: Span = new NoSpan();
