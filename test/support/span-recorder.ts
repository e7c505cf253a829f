/** A tracer that keeps finished spans for a test to look at, and the active context that makes trees of them. */

import { context, type Tracer } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { AsyncContextManager } from '../../src/telemetry/context-manager.ts';

export interface SpanRecorder {
  readonly tracer: Tracer;
  /** Finished spans, in the order of their ends. */
  spans(): readonly ReadableSpan[];
  /** Children of `parent`, or roots. */
  childrenOf(parent: ReadableSpan | null): readonly ReadableSpan[];
  reset(): void;
}

export function createSpanRecorder(): SpanRecorder {
  // The API knows one context manager in a process; a second registration is refused and changes nothing.
  context.setGlobalContextManager(new AsyncContextManager());
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  const provider = new BasicTracerProvider({ spanProcessors });
  const spans = () => exporter.getFinishedSpans();
  return {
    tracer: provider.getTracer('test'),
    spans,
    childrenOf: (parent) =>
      spans().filter((span) => span.parentSpanContext?.spanId === parent?.spanContext().spanId),
    reset: () => exporter.reset(),
  };
}
