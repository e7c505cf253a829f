/** Spans that record nothing and only carry a context on; ids are made when somebody asks for them. */

import { INVALID_SPAN_CONTEXT, type Span, type SpanContext } from '@opentelemetry/api';
import type { UnsampledRoots } from './id-source.ts';
import { SpanIdentity } from './span-identity.ts';

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

/**
 * The root of a trace that is not sampled. It costs what its object costs: two fields, and `declare`, since a field that
 * is only declared is written twice, once by a function of its own (`telemetry-span/sampled-out-root`).
 */
export class UnrecordedSpan extends SilentSpan {
  declare private origin: UnsampledRoots | SpanIdentity;
  declare private readonly traceStart: number;

  /** @param traceStart - of `origin`: where its trace id stands; anything when nobody has looked at the id yet. */
  constructor(origin: UnsampledRoots, traceStart: number) {
    super();
    this.origin = origin;
    this.traceStart = traceStart;
  }

  /** What children need; made at the first call. */
  get identity(): SpanIdentity {
    const origin = this.origin;
    if (origin instanceof SpanIdentity) return origin;
    const identity = origin.createUnsampledRoot(this.traceStart);
    this.origin = identity;
    return identity;
  }

  spanContext(): SpanContext {
    return this.identity.toSpanContext();
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
