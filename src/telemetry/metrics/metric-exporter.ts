/** Sends what a meter provider holds over OTLP, at an interval and on demand. */

import type { Attributes } from '@opentelemetry/api';
import type { Schedule } from '../batch-processor.ts';
import type { ExportAccounts } from '../export/accounts.ts';
import type { OtlpTransport } from '../export/otlp-transport.ts';
import type { MetricData } from './metric-data.ts';

export interface MetricExporterOptions {
  readonly collect: () => readonly MetricData[];
  readonly resource: Attributes;
  /** A transport for metrics; it is shut down with the exporter. */
  readonly transport: OtlpTransport;
  /** In the transport's format. */
  readonly encode: (
    resource: Attributes,
    metrics: readonly MetricData[],
  ) => Uint8Array<ArrayBuffer>;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly schedule: Schedule;
  /** Milliseconds since an arbitrary start. */
  readonly monotonicMs: () => number;
}

export interface MetricExporter {
  /** Begins the interval. Workers allow no timers outside a request: there, flushes keep the interval. */
  start(): void;
  /** Collects and sends; where there is no timer, only when the interval is over. */
  flush(): Promise<void>;
  shutdown(): Promise<void>;
  /** Counted in data points. */
  accounts(): ExportAccounts;
}

export function createMetricExporter(options: MetricExporterOptions): MetricExporter {
  const { transport, timeoutMs, intervalMs, schedule, monotonicMs } = options;
  let cancel: (() => void) | null = null;
  let hasTimer = true;
  let sentAtMs = Number.NEGATIVE_INFINITY;
  const send = () => {
    sentAtMs = monotonicMs();
    const metrics = options.collect();
    const itemCount = metrics.reduce((sum, metric) => sum + metric.points.length, 0);
    if (itemCount === 0) return;
    void transport.send({ itemCount, body: options.encode(options.resource, metrics) });
  };
  const arm = () => {
    cancel = schedule(intervalMs, () => {
      send();
      arm();
    });
  };
  return {
    start: () => {
      try {
        arm();
      } catch {
        hasTimer = false;
      }
    },
    flush: () => {
      if (hasTimer || monotonicMs() - sentAtMs >= intervalMs) send();
      return transport.flush(timeoutMs);
    },
    shutdown: () => {
      cancel?.();
      send();
      return transport.shutdown(timeoutMs);
    },
    accounts: () => transport.accounts(),
  };
}
