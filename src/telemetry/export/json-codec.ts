/** `OTEL_EXPORTER_OTLP_PROTOCOL=http/json`. */

import { encodeLogsJson } from '../encode-logs-json.ts';
import { encodeMetricsJson } from '../metrics/encode-metrics-json.ts';
import type { OtlpCodec } from './codec.ts';
import { encodeTracesJson } from './encode-json.ts';

export const JSON_CODEC: OtlpCodec = {
  format: 'json',
  encodeSpans: encodeTracesJson,
  encodeMetrics: encodeMetricsJson,
  encodeLogs: encodeLogsJson,
};
