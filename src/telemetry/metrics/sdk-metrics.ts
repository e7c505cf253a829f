/**
 * The layer's metrics of itself, by the names of "Semantic conventions for OpenTelemetry SDK metrics" 1.45.0 (in
 * development): what was exported, what was lost and why, what waits.
 */

import type { Attributes, Meter, ObservableResult } from '@opentelemetry/api';
import type { ExportAccounts } from '../export/accounts.ts';
import { SDK_METRIC, SEMCONV_ATTR } from '../names.ts';

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
  observeExported(meter, SDK_METRIC.spanExported, '{span}', spans);
  observeExported(meter, SDK_METRIC.logExported, '{log_record}', logs);
  observeExported(meter, SDK_METRIC.dataPointExported, '{data_point}', dataPoints);
  meter
    .createObservableUpDownCounter(SDK_METRIC.spanQueueSize, {
      unit: '{span}',
      description: 'Ended spans that wait or are on the wire.',
    })
    .addCallback((result) => observeWhenOn(result, spans(), ({ queuedCount }) => queuedCount));
  meter
    .createObservableUpDownCounter(SDK_METRIC.spanQueueCapacity, {
      unit: '{span}',
      description: 'Most ended spans that may wait or be on the wire.',
    })
    .addCallback((result) => observeWhenOn(result, spans(), () => spanQueueCapacity));
}

function observeWhenOn(
  result: ObservableResult,
  accounts: ExportAccounts | null,
  read: (accounts: ExportAccounts) => number,
): void {
  if (accounts !== null) result.observe(read(accounts));
}

/** Without `error.type`: taken by the backend. With it: why not. */
function observeExported(meter: Meter, name: string, unit: string, accountsOf: AccountsOf): void {
  const counter = meter.createObservableCounter(name, {
    unit,
    description: 'What was exported, and with error.type what was not.',
  });
  counter.addCallback((result) => {
    const accounts = accountsOf();
    if (accounts === null) return;
    const failed = (type: string): Attributes => ({ [SEMCONV_ATTR.errorType]: type });
    result.observe(accounts.exportedCount);
    result.observe(accounts.rejectedCount, failed('rejected'));
    for (const [reason, count] of Object.entries(accounts.droppedCounts)) {
      result.observe(count, failed(reason));
    }
  });
}
