/** A recording of the synthetic market, made without waiting for it. */

import { createHeader, type RecordingLine } from '../../recording/format.ts';
import { formatRecordingLine } from '../../recording/format-line.ts';
import { createSyntheticEngine, STEP_MS } from './engine.ts';
import type { SyntheticShape } from './market-plan.ts';

export interface SyntheticRecordingOptions extends SyntheticShape {
  /** Time of the first step, milliseconds since the epoch. */
  readonly startMs: number;
  /** Time from the first step to the last, milliseconds. */
  readonly durationMs: number;
}

/**
 * Lines, each with its line feed: exactly what a synthetic feed of the same shape delivers that starts at `startMs` and
 * whose consumer misses nothing.
 */
export function* createSyntheticRecording(
  options: SyntheticRecordingOptions,
): Generator<string, void, void> {
  for (const line of createLines(options)) yield formatRecordingLine(line);
}

function* createLines(options: SyntheticRecordingOptions): Generator<RecordingLine, void, void> {
  const { seed, startMs, durationMs } = options;
  const engine = createSyntheticEngine(options);
  const lastStep = Math.floor(durationMs / STEP_MS);
  const notes = [`This market is synthetic, seed ${seed}: nothing in it was ever traded.`];
  yield { type: 'header', header: createHeader('synthetic', { fromMs: startMs, notes }) };
  for (const { market } of engine.plans) yield { type: 'market', market };
  for (let step = 0; step <= lastStep; step += 1) {
    // Quotes before books, as batches have them.
    const updates = engine.step(startMs + step * STEP_MS);
    yield* updates.filter((update) => update.type === 'quote');
    yield* updates.filter((update) => update.type === 'book');
    for (const funding of engine.funding(startMs + step * STEP_MS))
      yield { type: 'funding', funding };
  }
}
