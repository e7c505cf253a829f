/** The Worker of the span bench: makes as many spans as it is asked for, in one request, and says nothing about time. */

import { context, ROOT_CONTEXT, type Tracer } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { ensureContextManager } from '../../src/telemetry/context-manager.ts';
import { createTracerProvider } from '../../src/telemetry/lean/tracer-provider.ts';

type Work = (count: number) => void;

/** Spans are recorded for it, and go nowhere. */
const IDLE = {
  onStart: () => {},
  onEnd: () => {},
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

let works: ReadonlyMap<string, Work> | null = null;

/** Made in the first request: only then may a Worker ask for random bits. */
function makeWorks(): ReadonlyMap<string, Work> {
  ensureContextManager();
  const spanProcessors = [IDLE];
  const official = new BasicTracerProvider({ spanProcessors }).getTracer('bench');
  const lean = createTracerProvider({ spanProcessors }).getTracer('bench');
  return new Map([
    ['AsyncLocalStorage alone', contexts],
    ['official', activeSpans(official)],
    ['lean', activeSpans(lean)],
  ]);
}

let sink = 0;

function contexts(count: number): void {
  for (let turn = 0; turn < count; turn += 1) {
    sink += context.with(ROOT_CONTEXT, () => turn);
  }
}

function activeSpans(tracer: Tracer): Work {
  return (count) => {
    for (let turn = 0; turn < count; turn += 1) {
      tracer.startActiveSpan('work', (span) => {
        sink += turn;
        span.end();
      });
    }
  };
}

export default {
  fetch(request: Request): Response {
    const { searchParams } = new URL(request.url);
    works ??= makeWorks();
    const work = works.get(searchParams.get('variant') ?? '');
    if (work === undefined) return new Response('unknown variant', { status: 404 });
    work(Number(searchParams.get('count')));
    return new Response(String(sink));
  },
};
