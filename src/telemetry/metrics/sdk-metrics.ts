/**
 * The layer's metrics of itself, by the names of "Semantic conventions for OpenTelemetry SDK metrics" 1.45.0 (in
 * development): what was exported, what was lost and why, what waits.
 */

import type { Meter, ObservableCallback } from '@opentelemetry/api';
import type { ExportAccounts } from '../export/accounts.ts';
import { SDK_METRIC, SEMCONV_ATTR } from '../names.ts';
import { type ObservableRow, observeAll } from './observe.ts';

/** One signal's exporter; null when it is off. */
export type AccountsOf = () => ExportAccounts | null;

export interface SdkMetricsOptions {
  readonly spans: AccountsOf;
  readonly logs: AccountsOf;
  readonly dataPoints: AccountsOf;
  readonly spanQueueCapacity: number;
}

export function registerSdkMetrics(meter: Meter, options: SdkMetricsOptions): void {
  const { spans, logs, dataPoints, spanQueueCapacity } = options;
  observeAll(meter, [
    toExportedRow(SDK_METRIC.spanExported, '{span}', spans),
    toExportedRow(SDK_METRIC.logExported, '{log_record}', logs),
    toExportedRow(SDK_METRIC.dataPointExported, '{data_point}', dataPoints),
    [
      'UpDownCounter',
      SDK_METRIC.spanQueueSize,
      '{span}',
      'Ended spans that wait or are on the wire.',
      (result) => {
        const accounts = spans();
        if (accounts !== null) result.observe(accounts.queuedCount);
      },
    ],
    [
      'UpDownCounter',
      SDK_METRIC.spanQueueCapacity,
      '{span}',
      'Most ended spans that may wait or be on the wire.',
      (result) => {
        if (spans() !== null) result.observe(spanQueueCapacity);
      },
    ],
  ]);
}

/** Without `error.type`: taken by the backend. With it: why not. */
function toExportedRow(name: string, unit: string, accountsOf: AccountsOf): ObservableRow {
  const observe: ObservableCallback = (result) => {
    const accounts = accountsOf();
    if (accounts === null) return;
    result.observe(accounts.exportedCount);
    const failed = { rejected: accounts.rejectedCount, ...accounts.droppedCounts };
    for (const [reason, count] of Object.entries(failed)) {
      result.observe(count, { [SEMCONV_ATTR.errorType]: reason });
    }
  };
  return ['Counter', name, unit, 'What was exported, and with error.type what was not.', observe];
}
