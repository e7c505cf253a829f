/** Keeps the best carry of each kind and pair of assets, at a steady pace. */

import type { BasisEdge } from '../detect/basis/basis-edge.ts';
import type { Clock } from '../domain/clock.ts';
import { toErrorMessage } from '../domain/errors.ts';
import type { MarketDataSource } from '../domain/market.ts';
import type { OpportunityStore } from '../store/store.ts';
import type { Logger } from '../telemetry/telemetry.ts';
import type { Pipeline } from './ports.ts';

/** Time between two snapshots, milliseconds. */
export const BASIS_KEEP_INTERVAL_MS = 300_000;

export interface BasisKeeping {
  readonly pipeline: Pick<Pipeline, 'basis'>;
  readonly store: Pick<OpportunityStore, 'writeBasis'>;
  /** Asked anew each time: a remote feed learns it late. */
  readonly source: () => MarketDataSource;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Writes a snapshot again and again until `signal` aborts; one that cannot be written is lost, and said. */
export async function keepBasisRegularly(
  keeping: BasisKeeping,
  signal: AbortSignal,
): Promise<void> {
  const { pipeline, store, source, clock, logger } = keeping;
  for (;;) {
    await clock.sleep(BASIS_KEEP_INTERVAL_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    const best = bestOfEach(pipeline.basis()?.edges ?? []);
    try {
      await store.writeBasis(best.map((edge) => ({ source: source(), edge })));
    } catch (error) {
      const message = { 'error.message': toErrorMessage(error) };
      logger.warn('a snapshot of carries could not be stored and is lost', message);
    }
  }
}

/** @param edges - best first. */
export function bestOfEach(edges: readonly BasisEdge[]): readonly BasisEdge[] {
  const best = new Map<string, BasisEdge>();
  for (const edge of edges) {
    const key = `${edge.kind} ${edge.base}/${edge.quote}`;
    if (!best.has(key)) best.set(key, edge);
  }
  return [...best.values()];
}
