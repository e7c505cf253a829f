/** Time of the same operations in every mode of both layers, variants in turns. */

import { loadOtlpModule } from '../../src/telemetry/lean/load-file.ts';
import type { RowResult, Study, StudyOptions } from '../bench.ts';
import { startChild } from '../http/child.ts';
import { toResult } from '../measure.ts';
import { orderOfTurn } from '../turns.ts';
import { createModeVariants, type ModeVariant, toOurLayer } from './modes.ts';
import { runOperations, SPANS_PER_OPERATION } from './workload.ts';

/** How long a measurement goes on. */
export interface ModesPace {
  readonly samplesCount: number;
  readonly operationsCount: number;
}

/** Turns for the compilers, before the first sample. */
const WARM_UP_TURNS = 5;

const FULL: ModesPace = { samplesCount: 15, operationsCount: 3_000 };
const QUICK: ModesPace = { samplesCount: 3, operationsCount: 50 };

export const modesStudy: Study = { name: 'operation', isStudy: true, measure: measureModes };

async function measureModes({ isQuick }: StudyOptions): Promise<readonly RowResult[]> {
  const sink = startChild(process.execPath, './sink-process.ts');
  const { url } = (await sink.next()) as { readonly url: string };
  const variants = createModeVariants(url, toOurLayer(await loadOtlpModule()));
  try {
    proveEqual(variants);
    const samples = await measureInTurns(variants, isQuick ? QUICK : FULL, measureHere);
    return toModeRows('', variants, samples, 'recent traces are off');
  } finally {
    await Promise.all(variants.map((variant) => variant.shutdown()));
    await sink.close();
  }
}

/** Until all is sent that the operations caused. */
async function measureHere(variant: ModeVariant, operationsCount: number): Promise<number> {
  const startMs = performance.now();
  runOperations(variant.tracer, operationsCount);
  await variant.flush();
  return performance.now() - startMs;
}

function proveEqual(variants: readonly ModeVariant[]): void {
  const sums = new Set(variants.map(({ tracer }) => runOperations(tracer, 3)));
  if (sums.size !== 1)
    throw new Error('the operations give different sums under different tracers');
}

/** Nanoseconds an operation, by variant and turn. */
export async function measureInTurns<Variant>(
  variants: readonly Variant[],
  { samplesCount, operationsCount }: ModesPace,
  measureMs: (variant: Variant, operationsCount: number) => Promise<number>,
): Promise<readonly (readonly number[])[]> {
  const samples = variants.map((): number[] => []);
  for (let turn = -WARM_UP_TURNS; turn < samplesCount; turn += 1) {
    for (const [index, variant] of orderOfTurn(variants, turn)) {
      const sampleNs = ((await measureMs(variant, operationsCount)) * 1e6) / operationsCount;
      if (turn >= 0) samples[index]?.push(sampleNs);
    }
  }
  return samples;
}

/** The first variant is the one without telemetry. */
export function toModeRows(
  prefix: string,
  variants: readonly Pick<ModeVariant, 'name' | 'role'>[],
  samples: readonly (readonly number[])[],
  notMeasured: string,
): readonly RowResult[] {
  const none = samples[0] ?? [];
  const common = {
    input: `reading a message of 40 levels, ${SPANS_PER_OPERATION} spans with 9 attributes in all`,
    notMeasured: `the active context, the receiver; ${notMeasured}`,
    unit: 'ns' as const,
  };
  const added = (row: readonly number[]) =>
    row.map((sample, turn) => (sample - (none[turn] ?? 0)) / SPANS_PER_OPERATION);
  return [
    {
      ...common,
      name: `${prefix}operation`,
      question: 'How long does an operation take, with its spans and what they cause?',
      variants: variants.map((variant, index) => toResult(variant, samples[index] ?? [])),
    },
    {
      ...common,
      name: `${prefix}operation-per-span`,
      question: 'What does a span add to an operation?',
      variants: variants
        .map((variant, index) => toResult(variant, added(samples[index] ?? [])))
        .slice(1),
    },
  ];
}
