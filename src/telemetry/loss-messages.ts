/** What a transport reports of its losses, in the log. */

import { describeLoss, type LossReport } from './export/loss-log.ts';
import type { Logger } from './telemetry.ts';

export function logLoss(logger: Logger, report: LossReport): void {
  // What is said after the exporter has stopped is counted, and nobody is surprised.
  if (report.kind === 'loss_began' && report.reason === 'shutdown') return;
  logger.warn(...describeLoss(report));
}
