/** Decodes OTLP requests, protobuf or JSON, with OpenTelemetry's own `.proto` files as the judge. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import protobuf from 'protobufjs';
import { fromCanonicalJson } from './otlp-json.ts';

export type OtlpSignal = 'traces' | 'metrics' | 'logs';

export const OTLP_SIGNALS: readonly OtlpSignal[] = ['traces', 'metrics', 'logs'];

/** A decoded message: camelCase keys, 64-bit integers as strings, bytes as `Uint8Array`, enums as numbers. */
export type OtlpMessage = Readonly<Record<string, unknown>>;

const REQUEST_TYPES: Readonly<Record<OtlpSignal, string>> = {
  traces: 'opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest',
  metrics: 'opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest',
  logs: 'opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest',
};

const SERVICE_FILES = ['trace/v1/trace', 'metrics/v1/metrics', 'logs/v1/logs'].map(
  (name) => `opentelemetry/proto/collector/${name}_service.proto`,
);

let loadedRoot: protobuf.Root | null = null;

/** The official definitions, loaded once from the package that carries them. */
export function otlpProtoRoot(): protobuf.Root {
  loadedRoot ??= loadRoot();
  return loadedRoot;
}

function loadRoot(): protobuf.Root {
  const require = createRequire(import.meta.url);
  const home = join(dirname(require.resolve('@elastic/mockotlpserver')), '..');
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => join(home, target);
  const pending = [...SERVICE_FILES];
  const seen = new Set<string>();
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const parsed = protobuf.parse(readFileSync(join(home, file), 'utf8'), root);
    pending.push(...(parsed.imports ?? []));
  }
  root.resolveAll();
  return root;
}

/** The request type of a signal. */
export function otlpRequestType(signal: OtlpSignal): protobuf.Type {
  return otlpProtoRoot().lookupType(REQUEST_TYPES[signal]);
}

/** @throws when the bytes are not a message of that type. */
export function decodeOtlpProtobuf(signal: OtlpSignal, bytes: Uint8Array): OtlpMessage {
  return toPlain(otlpRequestType(signal), otlpRequestType(signal).decode(bytes));
}

/** @throws when the text is not canonical OTLP/JSON of that type, naming the field. */
export function decodeOtlpJson(signal: OtlpSignal, text: string): OtlpMessage {
  const type = otlpRequestType(signal);
  return toPlain(type, type.fromObject(fromCanonicalJson(type, JSON.parse(text), signal)));
}

function toPlain(type: protobuf.Type, message: protobuf.Message): OtlpMessage {
  return type.toObject(message, { longs: String, enums: Number, arrays: true });
}

/** A response body that reports a partial success, in the encoding of the request. */
export function encodePartialSuccess(
  signal: OtlpSignal,
  rejectedCount: number,
  message: string,
  asJson: boolean,
): Uint8Array {
  const key = {
    traces: 'rejectedSpans',
    metrics: 'rejectedDataPoints',
    logs: 'rejectedLogRecords',
  };
  const body = { partialSuccess: { [key[signal]]: rejectedCount, errorMessage: message } };
  if (asJson) return new TextEncoder().encode(JSON.stringify(body));
  const name = REQUEST_TYPES[signal].replace(/Request$/, 'Response');
  const type = otlpProtoRoot().lookupType(name);
  return type.encode(type.fromObject(body)).finish();
}
