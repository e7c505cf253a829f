/** What a transport reports of its losses, in the log. */

import type { LossReport } from './export/loss-log.ts';
import type { Logger } from './telemetry.ts';

export function logLoss(logger: Logger, report: LossReport): void {
  const { kind, signal } = report;
  switch (kind) {
    case 'loss_began':
      // What is said after the exporter has stopped is counted, and nobody is surprised.
      if (report.reason === 'shutdown') return;
      logger.warn(`${signal} are being lost`, { reason: report.reason });
      return;
    case 'loss_ended':
      logger.warn(`${signal} are no longer lost`, { ...report.droppedCounts });
      return;
    case 'backend_said':
      logger.warn(`${signal}: the backend remarked`, {
        reason: report.message,
        rejected_count: report.rejectedCount,
      });
      return;
    default:
      kind satisfies never;
  }
}
