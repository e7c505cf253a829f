/** Log records to an `ExportLogsServiceRequest` in protobuf. Field numbers are those of `logs/v1/logs.proto`. */

import type { Attributes } from '@opentelemetry/api';
import { hexToBytes } from './export/hex.ts';
import {
  writeAnyValue,
  writeAttributes,
  writeResource,
  writeScope,
} from './export/protobuf-values.ts';
import { ProtobufWriter } from './export/protobuf-writer.ts';
import { type LimitedRecord, LOG_SCOPE } from './log-exporter.ts';
import { SEVERITY_NUMBERS } from './logs.ts';
import { msToNanos } from './metrics/time.ts';

const REQUEST_RESOURCE_LOGS = 1;
const RESOURCE_LOGS = { resource: 1, scopeLogs: 2 } as const;
const SCOPE_LOGS = { scope: 1, logRecords: 2 } as const;
const LOG_RECORD = {
  time: 1,
  severityNumber: 2,
  severityText: 3,
  body: 5,
  attributes: 6,
  droppedAttributesCount: 7,
  flags: 8,
  traceId: 9,
  spanId: 10,
  observedTime: 11,
} as const;

/** One request with all the records. */
export function encodeLogsProtobuf(
  resource: Attributes,
  records: readonly LimitedRecord[],
): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter(256 + records.length * 256);
  const mark = writer.open(REQUEST_RESOURCE_LOGS);
  writeResource(writer, RESOURCE_LOGS.resource, resource);
  const scopeMark = writer.open(RESOURCE_LOGS.scopeLogs);
  writeScope(writer, SCOPE_LOGS.scope, LOG_SCOPE);
  for (const record of records) writeRecord(writer, record);
  writer.close(scopeMark);
  writer.close(mark);
  return writer.finish();
}

function writeRecord(writer: ProtobufWriter, record: LimitedRecord): void {
  const mark = writer.open(SCOPE_LOGS.logRecords);
  writer.fixed64(LOG_RECORD.time, msToNanos(record.timeMs));
  writer.fixed64(LOG_RECORD.observedTime, msToNanos(record.timeMs));
  writer.uint32(LOG_RECORD.severityNumber, SEVERITY_NUMBERS[record.level]);
  writer.string(LOG_RECORD.severityText, record.level.toUpperCase());
  const bodyMark = writer.open(LOG_RECORD.body);
  writeAnyValue(writer, record.message);
  writer.close(bodyMark);
  writeAttributes(writer, LOG_RECORD.attributes, record.attributes);
  if (record.droppedAttributesCount > 0) {
    writer.uint32(LOG_RECORD.droppedAttributesCount, record.droppedAttributesCount);
  }
  if (record.traceId !== null && record.spanId !== null) {
    writer.fixed32(LOG_RECORD.flags, record.traceFlags);
    writer.bytes(LOG_RECORD.traceId, hexToBytes(record.traceId));
    writer.bytes(LOG_RECORD.spanId, hexToBytes(record.spanId));
  }
  writer.close(mark);
}
