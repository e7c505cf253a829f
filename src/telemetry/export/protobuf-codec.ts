/** `OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`, the default. */

import { encodeLogsProtobuf } from '../encode-logs-protobuf.ts';
import { encodeMetricsProtobuf } from '../metrics/encode-metrics-protobuf.ts';
import type { OtlpCodec } from './codec.ts';
import { encodeTracesProtobuf } from './encode-protobuf.ts';

export const PROTOBUF_CODEC: OtlpCodec = {
  format: 'protobuf',
  encodeSpans: encodeTracesProtobuf,
  encodeMetrics: encodeMetricsProtobuf,
  encodeLogs: encodeLogsProtobuf,
};
