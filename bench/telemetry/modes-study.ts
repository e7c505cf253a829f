/** CPU time of detection rounds in every mode of both layers, variants in turns. */

import { loadKernelModule } from '../../src/kernel/load-file.ts';
import { loadOtlpModule } from '../../src/telemetry/lean/load-file.ts';
import type { Study, StudyOptions } from '../bench.ts';
import { startChild } from '../http/child.ts';
import { type RowResult, toResult } from '../measure.ts';
import { createDetectionRounds, createRoundInput, ROUND_INPUT } from './detection-rounds.ts';
import { createModeVariants, type ModeVariant } from './modes.ts';
import { createSpanCounter } from './span-counter.ts';

interface Pace {
  readonly samplesCount: number;
  /** Of one sample. */
  readonly roundsCount: number;
}

const FULL: Pace = { samplesCount: 13, roundsCount: 96 };
const QUICK: Pace = { samplesCount: 3, roundsCount: 8 };

interface Subject {
  readonly variant: ModeVariant;
  /** CPU time of so many rounds with what they cause, nanoseconds a round. */
  measure(roundsCount: number): Promise<number>;
}

export const modesStudy: Study = { name: 'round', isStudy: true, measure: measureModes };

async function measureModes({ isQuick }: StudyOptions): Promise<readonly RowResult[]> {
  const pace = isQuick ? QUICK : FULL;
  const sink = startChild(process.execPath, './sink-process.ts');
  const { url } = (await sink.next()) as { readonly url: string };
  const input = createRoundInput(await loadKernelModule());
  const variants = createModeVariants(url, await loadOtlpModule());
  try {
    const counter = createSpanCounter();
    createDetectionRounds(input, counter.tracer).run(pace.roundsCount);
    const spansPerRound = counter.spansCount() / (pace.roundsCount + 1);
    const subjects = variants.map((variant) => createSubject(input, variant));
    return toRows(variants, await measureInTurns(subjects, pace), spansPerRound);
  } finally {
    await Promise.all(variants.map((variant) => variant.shutdown()));
    await sink.close();
  }
}

function createSubject(input: ReturnType<typeof createRoundInput>, variant: ModeVariant): Subject {
  const rounds = createDetectionRounds(input, variant.tracer);
  return {
    variant,
    measure: async (roundsCount) => {
      const before = process.cpuUsage();
      rounds.run(roundsCount);
      await variant.flush();
      const { user, system } = process.cpuUsage(before);
      return ((user + system) * 1e3) / roundsCount;
    },
  };
}

async function measureInTurns(subjects: readonly Subject[], pace: Pace): Promise<number[][]> {
  const { samplesCount, roundsCount } = pace;
  const samples = subjects.map((): number[] => []);
  // The first four turns are for the compilers.
  for (let turn = -4; turn < samplesCount; turn += 1) {
    const order = [...subjects.entries()];
    if (turn % 2 !== 0) order.reverse();
    for (const [index, subject] of order) {
      const sampleNs = await subject.measure(roundsCount);
      if (turn >= 0) samples[index]?.push(sampleNs);
    }
  }
  return samples;
}

function toRows(
  variants: readonly ModeVariant[],
  samples: readonly number[][],
  spansPerRound: number,
): readonly RowResult[] {
  const none = samples[0] ?? [];
  const common = {
    input: `${ROUND_INPUT}; ${spansPerRound.toFixed(1)} spans a round`,
    notMeasured: 'feeds, storage, the receiver; recent traces are off',
    unit: 'ns' as const,
  };
  const added = (row: readonly number[]) =>
    row.map((sample, turn) => (sample - (none[turn] ?? 0)) / spansPerRound);
  return [
    {
      ...common,
      name: 'round-cpu',
      question: 'How much CPU time does a detection round take, with its spans?',
      variants: variants.map((variant, index) => toResult(variant, samples[index] ?? [])),
    },
    {
      ...common,
      name: 'round-per-span',
      question: 'How much CPU time does a span add to a detection round, its events included?',
      variants: variants
        .map((variant, index) => toResult(variant, added(samples[index] ?? [])))
        .slice(1),
    },
  ];
}
