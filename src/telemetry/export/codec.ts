/** One encoding of OTLP, for all three signals. Only those that a program names are part of its bundle. */

import type { Attributes } from '@opentelemetry/api';
import type { LimitedRecord } from '../log-exporter.ts';
import type { MetricData } from '../metrics/metric-data.ts';
import type { OtlpFormat } from './export-batch.ts';
import type { EncodeSpans } from './otlp-span-exporter.ts';

type Body = Uint8Array<ArrayBuffer>;

export interface OtlpCodec {
  readonly format: OtlpFormat;
  readonly encodeSpans: EncodeSpans;
  readonly encodeMetrics: (resource: Attributes, metrics: readonly MetricData[]) => Body;
  readonly encodeLogs: (resource: Attributes, records: readonly LimitedRecord[]) => Body;
}
