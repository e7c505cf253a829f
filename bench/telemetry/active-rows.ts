/** Rows of the span bench: a span that is active while it lives, and telemetry that is switched off. */

import { context, ProxyTracerProvider, ROOT_CONTEXT, type Tracer } from '@opentelemetry/api';
import { ensureContextManager } from '../../src/telemetry/context-manager.ts';
import { createTelemetry } from '../../src/telemetry/create-telemetry.ts';
import type { BenchRow } from '../bench.ts';
import { BATCH_SPANS_COUNT, createLeanTracer, createOfficialTracer } from './tracers.ts';

const ATTRIBUTES = { 'http.request.method': 'GET', 'http.response.status_code': 200 };

export async function createActiveRows(): Promise<readonly BenchRow[]> {
  ensureContextManager();
  return [await createActiveRow(), createDisabledRow()];
}

async function createActiveRow(): Promise<BenchRow> {
  const official = createOfficialTracer();
  const lean = await createLeanTracer();
  const variant = (name: string, role: 'ours' | 'peer', { tracer, takeRequest }: typeof lean) => ({
    name,
    role,
    run: () => {
      for (let count = 0; count < BATCH_SPANS_COUNT; count += 1) {
        tracer.startActiveSpan('work', (span) => span.end());
      }
      return takeRequest();
    },
  });
  return {
    name: 'active-span',
    question:
      'What does an empty active span cost, from startActiveSpan to the bytes of a request?',
    input: `${BATCH_SPANS_COUNT} root spans a batch, AsyncLocalStorage`,
    notMeasured: 'what the function does that runs in it',
    operationsCount: BATCH_SPANS_COUNT,
    variants: [
      { name: 'AsyncLocalStorage alone', role: 'floor', run: runInContexts },
      variant('official', 'peer', official),
      variant('lean', 'ours', lean),
    ],
  };
}

function createDisabledRow(): BenchRow {
  const env = { OTEL_SDK_DISABLED: 'true' };
  const ours = createTelemetry({ serviceName: 'bench', env }).tracer;
  const official = new ProxyTracerProvider().getTracer('bench');
  return {
    name: 'disabled',
    question: 'What does a span cost when telemetry is disabled?',
    input: 'OTEL_SDK_DISABLED=true, 2 attributes, explicit context',
    notMeasured: 'the active context',
    operationsCount: BATCH_SPANS_COUNT,
    variants: [
      { name: "the API's own no-op", role: 'peer', run: () => startAndEnd(official) },
      { name: 'ours', role: 'ours', run: () => startAndEnd(ours) },
    ],
  };
}

function startAndEnd(tracer: Tracer): void {
  for (let count = 0; count < BATCH_SPANS_COUNT; count += 1) {
    tracer.startSpan('work', { attributes: ATTRIBUTES }, ROOT_CONTEXT).end();
  }
}

function runInContexts(): number {
  let sum = 0;
  for (let count = 0; count < BATCH_SPANS_COUNT; count += 1) {
    sum += context.with(ROOT_CONTEXT, () => count);
  }
  return sum;
}
