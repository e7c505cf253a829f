/** Decoded OTLP requests as flat lists of spans, log records and metrics, and spans as trees. */

import type { OtlpMessage } from './otlp-proto.ts';

export type CollectedValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly CollectedValue[]
  | { readonly [key: string]: CollectedValue };

export type CollectedAttributes = Readonly<Record<string, CollectedValue>>;

export interface CollectedEvent {
  readonly name: string;
  readonly timeUnixNano: bigint;
  readonly attributes: CollectedAttributes;
  readonly droppedAttributesCount: number;
}

export interface CollectedLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly attributes: CollectedAttributes;
  readonly droppedAttributesCount: number;
}

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Null for a root. */
  readonly parentSpanId: string | null;
  readonly traceState: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: 'UNSPECIFIED' | 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly attributes: CollectedAttributes;
  readonly droppedAttributesCount: number;
  readonly events: readonly CollectedEvent[];
  readonly droppedEventsCount: number;
  readonly links: readonly CollectedLink[];
  readonly droppedLinksCount: number;
  readonly status: { readonly code: 'UNSET' | 'OK' | 'ERROR'; readonly message: string };
  readonly resource: CollectedAttributes;
  readonly scope: { readonly name: string; readonly version: string };
}

export interface CollectedLog {
  readonly timeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: CollectedValue;
  readonly attributes: CollectedAttributes;
  readonly traceId: string;
  readonly spanId: string;
  readonly resource: CollectedAttributes;
}

export interface CollectedMetric {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly type: 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary';
  /** The decoded `Sum`, `Gauge`, `Histogram`… message without its points. */
  readonly data: OtlpMessage;
  /** Decoded points; attributes are a plain object, exemplars keep hex ids. */
  readonly points: readonly CollectedPoint[];
  readonly resource: CollectedAttributes;
}

export interface CollectedPoint {
  readonly attributes: CollectedAttributes;
  readonly exemplars: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly raw: OtlpMessage;
}

/** A span with its children, by start time. */
export interface SpanTree {
  readonly name: string;
  readonly kind: CollectedSpan['kind'];
  readonly attributes: CollectedAttributes;
  readonly events: readonly CollectedEvent[];
  readonly links: readonly CollectedLink[];
  readonly status: CollectedSpan['status'];
  readonly span: CollectedSpan;
  readonly children: readonly SpanTree[];
}

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;
const STATUS_CODES = ['UNSET', 'OK', 'ERROR'] as const;
const METRIC_TYPES = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const;

export function toSpans(request: OtlpMessage): readonly CollectedSpan[] {
  return flatten(request, 'resourceSpans', 'scopeSpans', 'spans', toSpan);
}

export function toLogs(request: OtlpMessage): readonly CollectedLog[] {
  return flatten(request, 'resourceLogs', 'scopeLogs', 'logRecords', toLog);
}

export function toMetrics(request: OtlpMessage): readonly CollectedMetric[] {
  return flatten(request, 'resourceMetrics', 'scopeMetrics', 'metrics', toMetric);
}

/** Trees by trace id. A span whose parent did not arrive is a root of its trace's list. */
export function toTrees(spans: readonly CollectedSpan[]): ReadonlyMap<string, readonly SpanTree[]> {
  const traces = new Map<string, CollectedSpan[]>();
  for (const span of spans) {
    const known = traces.get(span.traceId);
    if (known === undefined) traces.set(span.traceId, [span]);
    else known.push(span);
  }
  return new Map([...traces].map(([traceId, members]) => [traceId, treesOf(members)]));
}

function treesOf(spans: readonly CollectedSpan[]): readonly SpanTree[] {
  const ids = new Set(spans.map((span) => span.spanId));
  const isRoot = (span: CollectedSpan) => span.parentSpanId === null || !ids.has(span.parentSpanId);
  const toTree = (span: CollectedSpan): SpanTree => {
    const { name, kind, attributes, events, links, status } = span;
    const children = inOrder(spans.filter((other) => other.parentSpanId === span.spanId));
    return { name, kind, attributes, events, links, status, span, children: children.map(toTree) };
  };
  return inOrder(spans.filter(isRoot)).map(toTree);
}

function inOrder(spans: readonly CollectedSpan[]): readonly CollectedSpan[] {
  return spans.toSorted((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano));
}

function flatten<Row>(
  request: OtlpMessage,
  resourceKey: string,
  scopeKey: string,
  rowKey: string,
  toRow: (row: OtlpMessage, resource: CollectedAttributes, scope: OtlpMessage) => Row,
): readonly Row[] {
  return list(request[resourceKey]).flatMap((group) => {
    const resource = toAttributes(message(group.resource).attributes);
    return list(group[scopeKey]).flatMap((scope) =>
      list(scope[rowKey]).map((row) => toRow(row, resource, message(scope.scope))),
    );
  });
}

function toSpan(
  row: OtlpMessage,
  resource: CollectedAttributes,
  scope: OtlpMessage,
): CollectedSpan {
  const status = message(row.status);
  return {
    traceId: hex(row.traceId),
    spanId: hex(row.spanId),
    parentSpanId: hex(row.parentSpanId) || null,
    traceState: text(row.traceState),
    flags: Number(row.flags ?? 0),
    name: text(row.name),
    kind: KINDS[Number(row.kind ?? 0)] ?? 'UNSPECIFIED',
    startTimeUnixNano: BigInt(text(row.startTimeUnixNano) || '0'),
    endTimeUnixNano: BigInt(text(row.endTimeUnixNano) || '0'),
    attributes: toAttributes(row.attributes),
    droppedAttributesCount: Number(row.droppedAttributesCount ?? 0),
    events: list(row.events).map(toEvent),
    droppedEventsCount: Number(row.droppedEventsCount ?? 0),
    links: list(row.links).map(toLink),
    droppedLinksCount: Number(row.droppedLinksCount ?? 0),
    status: {
      code: STATUS_CODES[Number(status.code ?? 0)] ?? 'UNSET',
      message: text(status.message),
    },
    resource,
    scope: { name: text(scope.name), version: text(scope.version) },
  };
}

function toEvent(row: OtlpMessage): CollectedEvent {
  return {
    name: text(row.name),
    timeUnixNano: BigInt(text(row.timeUnixNano) || '0'),
    attributes: toAttributes(row.attributes),
    droppedAttributesCount: Number(row.droppedAttributesCount ?? 0),
  };
}

function toLink(row: OtlpMessage): CollectedLink {
  return {
    traceId: hex(row.traceId),
    spanId: hex(row.spanId),
    traceState: text(row.traceState),
    flags: Number(row.flags ?? 0),
    attributes: toAttributes(row.attributes),
    droppedAttributesCount: Number(row.droppedAttributesCount ?? 0),
  };
}

function toLog(row: OtlpMessage, resource: CollectedAttributes): CollectedLog {
  return {
    timeUnixNano: BigInt(text(row.timeUnixNano) || '0'),
    severityNumber: Number(row.severityNumber ?? 0),
    severityText: text(row.severityText),
    body: toValue(message(row.body)),
    attributes: toAttributes(row.attributes),
    traceId: hex(row.traceId),
    spanId: hex(row.spanId),
    resource,
  };
}

function toMetric(row: OtlpMessage, resource: CollectedAttributes): CollectedMetric {
  const type = METRIC_TYPES.find((candidate) => row[candidate] !== undefined) ?? 'gauge';
  const { dataPoints, ...data } = message(row[type]);
  return {
    name: text(row.name),
    unit: text(row.unit),
    description: text(row.description),
    type,
    data,
    points: list(dataPoints).map((raw) => ({
      attributes: toAttributes(raw.attributes),
      exemplars: list(raw.exemplars).map((exemplar) => ({
        traceId: hex(exemplar.traceId),
        spanId: hex(exemplar.spanId),
      })),
      raw,
    })),
    resource,
  };
}

function toAttributes(rows: unknown): CollectedAttributes {
  return Object.fromEntries(list(rows).map((row) => [text(row.key), toValue(message(row.value))]));
}

function toValue(any: OtlpMessage): CollectedValue {
  if (typeof any.stringValue === 'string') return any.stringValue;
  if (typeof any.boolValue === 'boolean') return any.boolValue;
  if (typeof any.doubleValue === 'number') return any.doubleValue;
  if (typeof any.intValue === 'string') return toInteger(any.intValue);
  if (any.bytesValue instanceof Uint8Array) return Uint8Array.from(any.bytesValue);
  if (any.arrayValue !== undefined) {
    return list(message(any.arrayValue).values).map(toValue);
  }
  if (any.kvlistValue !== undefined) return toAttributes(message(any.kvlistValue).values);
  return null;
}

function toInteger(digits: string): number | bigint {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

function list(value: unknown): readonly OtlpMessage[] {
  return Array.isArray(value) ? value : [];
}

function message(value: unknown): OtlpMessage {
  return typeof value === 'object' && value !== null ? (value as OtlpMessage) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function hex(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : '';
}
