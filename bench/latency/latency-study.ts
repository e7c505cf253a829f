/** From a message received to its opportunity on the stream, under load: percentiles, systems in turns. */

import type { RowResult, Study, StudyOptions } from '../bench.ts';
import { startChild } from '../http/child.ts';
import { toResult } from '../measure.ts';
import { orderOfTurn } from '../turns.ts';
import { createEngineSystem } from './engine.ts';
import { createFloorSystem, createNaiveSystem } from './peers.ts';
import type { LatencySystem } from './systems.ts';
import { MESSAGES_PER_MS, SYMBOLS, send, sendAll } from './workload.ts';

interface Pace {
  readonly roundsCount: number;
  readonly durationMs: number;
  readonly warmUpMs: number;
}

const FULL: Pace = { roundsCount: 7, durationMs: 2_500, warmUpMs: 2_500 };
const QUICK: Pace = { roundsCount: 3, durationMs: 300, warmUpMs: 300 };

/** Between two rounds, milliseconds: what is under way comes to its end. */
const SETTLE_MS = 50;

const FIGURES = [
  { name: 'p50', share: 0.5, question: 'What is the median time to the stream?' },
  { name: 'p99', share: 0.99, question: 'What is the 99th percentile of the time to the stream?' },
  { name: 'p99.9', share: 0.999, question: 'What is the 99.9th percentile?' },
] as const;

export const latencyStudy: Study = {
  name: 'message-to-stream',
  isStudy: true,
  measure: async (options) => toRows(await measureAll(options)),
};

interface Measured {
  readonly system: Pick<LatencySystem, 'name' | 'role'>;
  /** Latencies of each round, milliseconds, sorted. */
  readonly rounds: readonly (readonly number[])[];
}

async function measureAll({ isQuick }: StudyOptions): Promise<readonly Measured[]> {
  const pace = isQuick ? QUICK : FULL;
  const sink = startChild(process.execPath, 'sink-process.ts');
  const systems: LatencySystem[] = [];
  try {
    const { url } = (await sink.next()) as { readonly url: string };
    const pending = new Map<string, number>();
    const latencies: number[] = [];
    const onSpread = (symbol: string): void => {
      const receivedMs = pending.get(symbol);
      if (receivedMs === undefined) return;
      pending.delete(symbol);
      latencies.push(performance.now() - receivedMs);
    };
    systems.push(createFloorSystem(onSpread), createNaiveSystem(url, onSpread));
    systems.push(await createEngineSystem(url, onSpread));
    const run = async (system: LatencySystem, durationMs: number) => {
      sendAll((text) => system.deliver(text));
      await sleep(SETTLE_MS);
      latencies.length = 0;
      const note = (symbol: string, receivedMs: number) => void pending.set(symbol, receivedMs);
      await send((text) => system.deliver(text), durationMs, note);
      await sleep(SETTLE_MS);
      return closeRound(latencies, pending);
    };
    const rounds = systems.map((): (readonly number[])[] => []);
    for (const system of systems) await run(system, pace.warmUpMs);
    for (let round = 0; round < pace.roundsCount; round += 1) {
      for (const [index, system] of orderOfTurn(systems, round)) {
        rounds[index]?.push(await run(system, pace.durationMs));
      }
    }
    proveExported(systems);
    return systems.map((system, index) => ({ system, rounds: rounds[index] ?? [] }));
  } finally {
    await Promise.all(systems.map((system) => system.close()));
    await sink.close();
  }
}

/** Sorted latencies; a spread that was over before the system told of it counts as never told of. */
function closeRound(latencies: readonly number[], pending: Map<string, number>): readonly number[] {
  const missed = Array.from(pending, () => Number.POSITIVE_INFINITY);
  pending.clear();
  return [...latencies, ...missed].sort((a, b) => a - b);
}

/** Half of the spans are allowed to be on their way. */
function proveExported(systems: readonly LatencySystem[]): void {
  for (const system of systems) {
    const spans = system.spans();
    if (spans === null || spans.exportedCount * 2 > spans.startedCount) continue;
    throw new Error(
      `"${system.name}" exported ${spans.exportedCount} of ${spans.startedCount} spans`,
    );
  }
}

function toRows(measured: readonly Measured[]): readonly RowResult[] {
  return FIGURES.map(({ name, share, question }) => ({
    name: `message-to-stream-${name}`,
    question: `A message is received; ${question.charAt(0).toLowerCase()}${question.slice(1)}`,
    input: `${MESSAGES_PER_MS * 1_000} book messages a second in bursts of a millisecond, ${SYMBOLS.length} symbols × 8 exchanges, cycles of up to 4 legs, one spread in 100 messages, ROUND_INTERVAL_MS 0`,
    notMeasured:
      'the socket and the store; what was replaced by a newer message before a round took it',
    unit: 'ns' as const,
    variants: measured.map(({ system, rounds }) =>
      toResult(
        system,
        rounds.map((latencies) => at(latencies, share) * 1e6),
      ),
    ),
  }));
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}

function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
