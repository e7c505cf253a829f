/** Progress of long work on the terminal: one line a second, nothing when nobody watches. */

import type { Clock } from '../domain/clock.ts';
import type { CommandIo } from './io.ts';

export interface Progress {
  add(count: number, noun: string): void;
}

const INTERVAL_MS = 1_000;

export function createProgress(io: CommandIo, clock: Clock): Progress {
  const startedMs = clock.monotonicMs();
  let total = 0;
  let toldMs = startedMs;
  return {
    add: (count, noun) => {
      total += count;
      const nowMs = clock.monotonicMs();
      if (!io.isTerminal || nowMs - toldMs < INTERVAL_MS) return;
      toldMs = nowMs;
      io.note(`  ${total} ${noun} in ${((nowMs - startedMs) / 1000).toFixed(0)} s`);
    },
  };
}
