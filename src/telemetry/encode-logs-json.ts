/** Log records to an `ExportLogsServiceRequest` in canonical JSON. */

import type { Attributes } from '@opentelemetry/api';
import {
  toJsonArray,
  toJsonAttributes,
  toJsonObject,
  toJsonResource,
  toJsonScope,
  toJsonString,
} from './export/json-values.ts';
import { type LimitedRecord, LOG_SCOPE } from './log-exporter.ts';
import { SEVERITY_NUMBERS } from './logs.ts';
import { msToNanos } from './metrics/time.ts';

/** One request with all the records; UTF-8. */
export function encodeLogsJson(
  resource: Attributes,
  records: readonly LimitedRecord[],
): Uint8Array<ArrayBuffer> {
  const scopeLogs = toJsonObject({
    scope: toJsonScope(LOG_SCOPE),
    logRecords: toJsonArray(records.map(toJsonRecord)),
  });
  const resourceLogs = toJsonObject({
    resource: toJsonResource(resource),
    scopeLogs: toJsonArray([scopeLogs]),
  });
  const request = toJsonObject({ resourceLogs: toJsonArray([resourceLogs]) });
  return new TextEncoder().encode(request);
}

function toJsonRecord(record: LimitedRecord): string {
  const time = `"${msToNanos(record.timeMs)}"`;
  const { traceId, spanId, droppedAttributesCount } = record;
  return toJsonObject({
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: String(SEVERITY_NUMBERS[record.level]),
    severityText: toJsonString(record.level.toUpperCase()),
    body: `{"stringValue":${toJsonString(record.message)}}`,
    attributes: toJsonAttributes(record.attributes),
    droppedAttributesCount: droppedAttributesCount === 0 ? null : String(droppedAttributesCount),
    flags: traceId === null ? null : String(record.traceFlags),
    traceId: traceId === null ? null : toJsonString(traceId),
    spanId: spanId === null ? null : toJsonString(spanId),
  });
}
