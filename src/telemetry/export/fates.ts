/** Outcomes and deliveries that the transport decides by itself, without a backend. */

import type { Delivery } from './deliver.ts';
import type { BatchOutcome, DropReason } from './export-batch.ts';

/** Of a batch without items. */
export const NOTHING: BatchOutcome = {
  exportedCount: 0,
  rejectedCount: 0,
  droppedCount: 0,
  message: null,
};

export const LOST_AT_SHUTDOWN: Delivery = {
  kind: 'lost',
  reason: 'shutdown',
  message: 'the exporter was shut down',
  retryAfterMs: null,
};

/** Of a request on Workers whose timers and connections are gone. */
export const LOST_WITH_ITS_REQUEST: Delivery = {
  kind: 'lost',
  reason: 'timeout',
  message: 'the export died with the request that started it',
  retryAfterMs: null,
};

/** Before anything was sent. */
export const LOST_UNCOMPRESSED: Delivery = {
  kind: 'lost',
  reason: 'compression_failed',
  message: 'the request could not be compressed',
  retryAfterMs: null,
};

/** What a loss says of the backend; null: nothing, it was never asked. */
export function toBackendState(reason: DropReason): 'reachable' | 'unreachable' | null {
  if (reason === 'response_too_large') return 'reachable';
  return reason === 'shutdown' || reason === 'compression_failed' ? null : 'unreachable';
}

/** Of a batch that went in parts. */
export function addOutcomes(sum: BatchOutcome, part: BatchOutcome): BatchOutcome {
  return {
    exportedCount: sum.exportedCount + part.exportedCount,
    rejectedCount: sum.rejectedCount + part.rejectedCount,
    droppedCount: sum.droppedCount + part.droppedCount,
    message: part.message ?? sum.message,
  };
}
