/** Log records over OTLP: encoded like spans, in batches like spans, with trace and span ids in their own fields. */

import type { Attributes } from '@opentelemetry/api';
import type { Schedule } from './batch-processor.ts';
import type { BatchConfig } from './config.ts';
import type { ExportAccounts } from './export/accounts.ts';
import { hexToBytes } from './export/hex.ts';
import {
  toJsonArray,
  toJsonAttributes,
  toJsonObject,
  toJsonResource,
  toJsonScope,
  toJsonString,
} from './export/json-values.ts';
import type { OtlpTransport } from './export/otlp-transport.ts';
import {
  writeAnyValue,
  writeAttributes,
  writeResource,
  writeScope,
} from './export/protobuf-values.ts';
import { ProtobufWriter } from './export/protobuf-writer.ts';
import type { LogRecord, LogSink } from './logs.ts';
import { msToNanos } from './metrics/time.ts';
import type { LogLevel } from './telemetry.ts';

/** Field numbers are those of `logs/v1/logs.proto`. */
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

/** `SeverityNumber` of the same file. */
const SEVERITY_NUMBERS: Readonly<Record<LogLevel, number>> = {
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
};

const SCOPE = { name: 'spreadscope' };

export interface LogLimits {
  /** Infinity: no limit. */
  readonly attributeValueLength: number;
  readonly attributeCount: number;
}

export interface LogExporterOptions {
  readonly resource: Attributes;
  /** A transport for logs; it is shut down with the exporter. */
  readonly transport: OtlpTransport;
  readonly format: 'protobuf' | 'json';
  readonly batch: BatchConfig;
  readonly limits: LogLimits;
  readonly schedule: Schedule;
}

export interface LogExporter extends LogSink {
  flush(): Promise<void>;
  shutdown(): Promise<void>;
  accounts(): ExportAccounts;
}

export function createLogExporter(options: LogExporterOptions): LogExporter {
  const { batch, limits, resource, transport } = options;
  const encode = options.format === 'json' ? encodeLogsJson : encodeLogsProtobuf;
  let waiting: LimitedRecord[] = [];
  let cancel: (() => void) | null = null;
  let isStopped = false;
  const send = () => {
    cancel?.();
    cancel = null;
    if (waiting.length === 0) return;
    void transport.send({ itemCount: waiting.length, body: encode(resource, waiting) });
    waiting = [];
  };
  return {
    write: (record) => {
      waiting.push(limit(record, limits));
      if (waiting.length >= batch.maxBatchCount || isStopped) send();
      else cancel ??= options.schedule(batch.scheduleDelayMs, send);
    },
    flush: () => {
      send();
      return transport.flush(batch.exportTimeoutMs);
    },
    shutdown: () => {
      isStopped = true;
      send();
      return transport.shutdown(batch.exportTimeoutMs);
    },
    accounts: () => transport.accounts(),
  };
}

interface LimitedRecord extends LogRecord {
  readonly droppedAttributesCount: number;
}

function limit(record: LogRecord, limits: LogLimits): LimitedRecord {
  const entries = Object.entries(record.attributes);
  const kept = entries.slice(0, limits.attributeCount).map(([key, value]) => {
    const isText = typeof value === 'string';
    return [key, isText ? value.slice(0, limits.attributeValueLength) : value] as const;
  });
  const droppedAttributesCount = entries.length - kept.length;
  return { ...record, attributes: Object.fromEntries(kept), droppedAttributesCount };
}

function encodeLogsProtobuf(
  resource: Attributes,
  records: readonly LimitedRecord[],
): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter(256 + records.length * 256);
  const mark = writer.open(REQUEST_RESOURCE_LOGS);
  writeResource(writer, RESOURCE_LOGS.resource, resource);
  const scopeMark = writer.open(RESOURCE_LOGS.scopeLogs);
  writeScope(writer, SCOPE_LOGS.scope, SCOPE);
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

function encodeLogsJson(
  resource: Attributes,
  records: readonly LimitedRecord[],
): Uint8Array<ArrayBuffer> {
  const scopeLogs = toJsonObject({
    scope: toJsonScope(SCOPE),
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
