/** Active spans on workerd, timed from outside: inside its clocks stand still. */

import type { RowResult, Study, StudyOptions } from '../bench.ts';
import { toResult } from '../measure.ts';
import { orderOfTurn } from '../turns.ts';
import { serveOnWorkerd } from './serve.ts';

const VARIANTS = [
  { name: 'AsyncLocalStorage alone', role: 'floor' },
  { name: 'official', role: 'peer' },
  { name: 'lean', role: 'ours' },
] as const;

/** Spans of one timed request; the request itself, timed without spans, is taken off. */
const SPANS_COUNT = 20_000;
const WARM_UP_TURNS = 4;

export const workerdSpans: Study = { name: 'spans', isStudy: true, measure };

async function measure({ isQuick }: StudyOptions): Promise<readonly RowResult[]> {
  const entry = new URL('./spans-worker.ts', import.meta.url);
  // A process each: in one, what the official tracer leaves behind made ours take twice as long in some runs.
  const workers = await Promise.all(VARIANTS.map(() => serveOnWorkerd(entry)));
  try {
    const samples = VARIANTS.map((): number[] => []);
    const turnsCount = isQuick ? 3 : 15;
    for (let turn = -WARM_UP_TURNS; turn < turnsCount; turn += 1) {
      for (const [index, { name }] of orderOfTurn(VARIANTS, turn)) {
        const url = workers[index]?.url ?? '';
        const emptyMs = await timeRequest(url, name, 0);
        const spansMs = await timeRequest(url, name, SPANS_COUNT);
        if (turn >= 0) samples[index]?.push(((spansMs - emptyMs) * 1e6) / SPANS_COUNT);
      }
    }
    return [toRow(samples)];
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
}

function toRow(samples: readonly number[][]): RowResult {
  return {
    name: 'workerd-active-span',
    question: 'What does an empty active span cost on workerd, until it has ended?',
    input: `${SPANS_COUNT} root spans in one request, AsyncLocalStorage; timed by its client`,
    notMeasured: 'encoding and export; the request, timed without spans, is taken off',
    unit: 'ns',
    variants: VARIANTS.map((variant, index) => toResult(variant, samples[index] ?? [])),
  };
}

async function timeRequest(url: string, variant: string, count: number): Promise<number> {
  const startMs = performance.now();
  const response = await fetch(`${url}/?variant=${encodeURIComponent(variant)}&count=${count}`);
  await response.text();
  const elapsedMs = performance.now() - startMs;
  if (!response.ok) throw new Error(`${variant}: workerd answered ${response.status}`);
  return elapsedMs;
}
