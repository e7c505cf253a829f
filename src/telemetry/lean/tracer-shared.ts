/** What a provider's spans share, and what happens when one starts and ends. */

import { type Context, diag } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { SpanLimits } from './span-limits.ts';
import type { SpanRedactor } from './span-redactor.ts';
import type { SpanStopwatch } from './span-stopwatch.ts';
import type { TraceClock } from './trace-clock.ts';

/** Of a provider. A processor that throws disturbs nobody. */
export class ProviderState {
  readonly processors: readonly SpanProcessor[];
  /** Absent: nobody wants to know. */
  readonly stopwatch: SpanStopwatch | undefined;
  readonly #endingProcessors: readonly SpanProcessor[];
  /** Recorded spans. */
  startedCount = 0;
  endedCount = 0;
  isShutDown = false;

  constructor(processors: readonly SpanProcessor[], stopwatch: SpanStopwatch | undefined) {
    this.processors = [...processors];
    this.stopwatch = stopwatch;
    this.#endingProcessors = processors.filter(({ onEnding }) => onEnding !== undefined);
  }

  startSpan(span: Span, context: Context): void {
    this.startedCount += 1;
    for (const processor of this.processors) {
      try {
        processor.onStart(span, context);
      } catch (error) {
        diag.error('a span processor failed in onStart', error);
      }
    }
    this.stopwatch?.started();
  }

  /** The span may still be changed. */
  endingSpan(span: Span): void {
    for (const processor of this.#endingProcessors) {
      try {
        processor.onEnding?.(span);
      } catch (error) {
        diag.error('a span processor failed in onEnding', error);
      }
    }
  }

  /** @param atMs - when its end was read. */
  endSpan(span: ReadableSpan, atMs: number): void {
    this.endedCount += 1;
    for (const processor of this.processors) {
      try {
        processor.onEnd(span);
      } catch (error) {
        diag.error('a span processor failed in onEnd', error);
      }
    }
    this.stopwatch?.ended(atMs);
  }
}

/** Of a tracer: where its spans belong, their limits and their clock. */
export class TracerShared {
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  readonly limits: SpanLimits;
  readonly clock: TraceClock;
  readonly state: ProviderState;
  readonly redactor: SpanRedactor | null;

  constructor(
    resource: Resource,
    scope: InstrumentationScope,
    limits: SpanLimits,
    clock: TraceClock,
    state: ProviderState,
    redactor: SpanRedactor | null,
  ) {
    this.resource = resource;
    this.scope = scope;
    this.limits = limits;
    this.clock = clock;
    this.state = state;
    this.redactor = redactor;
  }
}
