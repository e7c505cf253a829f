/** Metrics as JSON lines: `OTEL_METRICS_EXPORTER=console`. */

import type { Schedule } from '../batch-processor.ts';
import { NO_ACCOUNTS } from '../no-accounts.ts';
import type { MetricData } from './metric-data.ts';
import type { MetricExporter } from './metric-exporter.ts';

export interface ConsoleMetricExporterOptions {
  readonly collect: () => readonly MetricData[];
  readonly write: (line: string) => void;
  readonly intervalMs: number;
  readonly schedule: Schedule;
}

export function createConsoleMetricExporter(options: ConsoleMetricExporterOptions): MetricExporter {
  const { collect, write, intervalMs, schedule } = options;
  let cancel: (() => void) | null = null;
  const send = async () => {
    for (const metric of collect()) write(JSON.stringify(metric));
  };
  const arm = () => {
    cancel = schedule(intervalMs, () => {
      void send();
      arm();
    });
  };
  return {
    start: () => {
      try {
        arm();
      } catch {
        // No timers here: flushes write.
      }
    },
    flush: send,
    shutdown: () => {
      cancel?.();
      return send();
    },
    accounts: () => NO_ACCOUNTS,
  };
}
