/** Log records as lines: JSON for machines, or readable text for a terminal. */

import type { AttributeValue } from '@opentelemetry/api';
import type { LogRecord, LogSink } from './logs.ts';
import { SEMCONV_ATTR } from './names.ts';
import type { LogLevel } from './telemetry.ts';

export type LogFormat = 'json' | 'text';

/** Takes one line without its line break. */
export type LineWriter = (line: string, level: LogLevel) => void;

export function createLineSink(format: LogFormat, write: LineWriter): LogSink {
  const toLine = format === 'json' ? toJsonLine : toTextLine;
  return { write: (record) => write(toLine(record), record.level) };
}

/** `console`, which every runtime has; errors and warnings go where the runtime puts errors. */
export const writeToConsole: LineWriter = (line, level) => {
  // biome-ignore lint/suspicious/noConsole: the one output that Workers have.
  if (level === 'error' || level === 'warn') console.error(line);
  // biome-ignore lint/suspicious/noConsole: the one output that Workers have.
  else console.log(line);
};

/** Keys `trace_id` and `span_id` are those of OpenTelemetry's "Trace Context in non-OTLP Log Formats". */
function toJsonLine(record: LogRecord): string {
  const { traceId, spanId, attributes } = record;
  return JSON.stringify({
    time: new Date(record.timeMs).toISOString(),
    level: record.level,
    message: record.message,
    ...(traceId !== null && spanId !== null ? { trace_id: traceId, span_id: spanId } : {}),
    ...(Object.keys(attributes).length > 0 ? { attributes } : {}),
  });
}

function toTextLine(record: LogRecord): string {
  const { [SEMCONV_ATTR.exceptionStacktrace]: stack, ...attributes } = record.attributes;
  const pairs = Object.entries(attributes).map(([key, value]) => `${key}=${toText(value)}`);
  const time = new Date(record.timeMs).toISOString().slice(11, 23);
  const ids = record.traceId === null ? [] : [`trace_id=${record.traceId}`];
  const line = [time, record.level.toUpperCase().padEnd(5), record.message, ...pairs, ...ids].join(
    ' ',
  );
  return typeof stack === 'string' ? `${line}\n${stack}` : line;
}

function toText(value: AttributeValue | undefined): string {
  if (typeof value === 'string') return /[\s"=]/.test(value) ? JSON.stringify(value) : value;
  return JSON.stringify(value);
}
