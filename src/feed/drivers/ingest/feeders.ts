/** Which batches were taken, by feeder: a batch that comes again changes nothing. */

/** Feeders remembered; the one that was silent longest is forgotten first. */
const MAX_FEEDERS_COUNT = 1_024;

export interface Feeders {
  isTaken(feeder: string, sequence: number): boolean;
  remember(feeder: string, sequence: number): void;
}

export function createFeeders(): Feeders {
  const sequences = new Map<string, number>();
  return {
    isTaken: (feeder, sequence) => sequence <= (sequences.get(feeder) ?? 0),
    remember: (feeder, sequence) => {
      sequences.delete(feeder);
      sequences.set(feeder, sequence);
      if (sequences.size <= MAX_FEEDERS_COUNT) return;
      const [oldest = ''] = sequences.keys();
      sequences.delete(oldest);
    },
  };
}
