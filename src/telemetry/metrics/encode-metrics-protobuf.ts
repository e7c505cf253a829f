/** Metrics to an `ExportMetricsServiceRequest` in protobuf. Field numbers are those of `metrics/v1/metrics.proto`. */

import type { Attributes } from '@opentelemetry/api';
import { hexToBytes } from '../export/hex.ts';
import { writeAttributes, writeResource, writeScope } from '../export/protobuf-values.ts';
import { ProtobufWriter } from '../export/protobuf-writer.ts';
import { groupByScope } from './group-by-scope.ts';
import type { Exemplar, HistogramPoint, MetricData, NumberPoint } from './metric-data.ts';
import { msToNanos } from './time.ts';

const REQUEST_RESOURCE_METRICS = 1;
const RESOURCE_METRICS = { resource: 1, scopeMetrics: 2 } as const;
const SCOPE_METRICS = { scope: 1, metrics: 2 } as const;
const METRIC = { name: 1, description: 2, unit: 3, gauge: 5, sum: 7, histogram: 9 } as const;
const DATA = { points: 1, temporality: 2, isMonotonic: 3 } as const;
const NUMBER_POINT = { startTime: 2, time: 3, asDouble: 4, exemplars: 5, attributes: 7 } as const;
const HISTOGRAM_POINT = {
  startTime: 2,
  time: 3,
  count: 4,
  sum: 5,
  bucketCounts: 6,
  explicitBounds: 7,
  exemplars: 8,
  attributes: 9,
  min: 11,
  max: 12,
} as const;
const EXEMPLAR = { time: 2, asDouble: 3, spanId: 4, traceId: 5 } as const;
/** `AggregationTemporality`. */
const DELTA = 1;
const CUMULATIVE = 2;

/** The temporality of a sum or a histogram, by its number. */
export function toTemporality({ isDelta }: { readonly isDelta?: boolean }): number {
  return isDelta === true ? DELTA : CUMULATIVE;
}

/** One request with all the metrics, grouped by scope. */
export function encodeMetricsProtobuf(
  resource: Attributes,
  metrics: readonly MetricData[],
): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter(4_096);
  const mark = writer.open(REQUEST_RESOURCE_METRICS);
  writeResource(writer, RESOURCE_METRICS.resource, resource);
  for (const [scope, members] of groupByScope(metrics)) {
    const scopeMark = writer.open(RESOURCE_METRICS.scopeMetrics);
    writeScope(writer, SCOPE_METRICS.scope, scope);
    for (const metric of members) writeMetric(writer, metric);
    writer.close(scopeMark);
  }
  writer.close(mark);
  return writer.finish();
}

function writeMetric(writer: ProtobufWriter, metric: MetricData): void {
  const mark = writer.open(SCOPE_METRICS.metrics);
  writer.string(METRIC.name, metric.name);
  if (metric.description !== '') writer.string(METRIC.description, metric.description);
  if (metric.unit !== '') writer.string(METRIC.unit, metric.unit);
  const dataMark = writer.open(METRIC[metric.type]);
  if (metric.type === 'histogram') {
    for (const point of metric.points) writeHistogramPoint(writer, point, metric.bounds);
  } else {
    for (const point of metric.points) writeNumberPoint(writer, point);
  }
  if (metric.type !== 'gauge') writer.uint32(DATA.temporality, toTemporality(metric));
  if (metric.type === 'sum' && metric.isMonotonic) writer.bool(DATA.isMonotonic, true);
  writer.close(dataMark);
  writer.close(mark);
}

function writeNumberPoint(writer: ProtobufWriter, point: NumberPoint): void {
  const mark = writer.open(DATA.points);
  writer.fixed64(NUMBER_POINT.startTime, msToNanos(point.startTimeMs));
  writer.fixed64(NUMBER_POINT.time, msToNanos(point.timeMs));
  writer.double(NUMBER_POINT.asDouble, point.value);
  writeExemplars(writer, NUMBER_POINT.exemplars, point.exemplars);
  writeAttributes(writer, NUMBER_POINT.attributes, point.attributes);
  writer.close(mark);
}

function writeHistogramPoint(
  writer: ProtobufWriter,
  point: HistogramPoint,
  bounds: readonly number[],
): void {
  const mark = writer.open(DATA.points);
  writer.fixed64(HISTOGRAM_POINT.startTime, msToNanos(point.startTimeMs));
  writer.fixed64(HISTOGRAM_POINT.time, msToNanos(point.timeMs));
  writer.fixed64(HISTOGRAM_POINT.count, BigInt(point.count));
  writer.double(HISTOGRAM_POINT.sum, point.sum);
  writePacked(writer, HISTOGRAM_POINT.bucketCounts, point.bucketCounts, (view, at, count) =>
    view.setBigUint64(at, BigInt(count), true),
  );
  writePacked(writer, HISTOGRAM_POINT.explicitBounds, bounds, (view, at, bound) =>
    view.setFloat64(at, bound, true),
  );
  writeExemplars(writer, HISTOGRAM_POINT.exemplars, point.exemplars);
  writeAttributes(writer, HISTOGRAM_POINT.attributes, point.attributes);
  if (!Number.isNaN(point.min)) writer.double(HISTOGRAM_POINT.min, point.min);
  if (!Number.isNaN(point.max)) writer.double(HISTOGRAM_POINT.max, point.max);
  writer.close(mark);
}

/** A packed repeated field of eight bytes each. */
function writePacked(
  writer: ProtobufWriter,
  field: number,
  values: readonly number[],
  write: (view: DataView, at: number, value: number) => void,
): void {
  const bytes = new Uint8Array(values.length * 8);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    write(view, index * 8, value);
  });
  writer.bytes(field, bytes);
}

function writeExemplars(
  writer: ProtobufWriter,
  field: number,
  exemplars: readonly Exemplar[],
): void {
  for (const exemplar of exemplars) {
    const mark = writer.open(field);
    writer.fixed64(EXEMPLAR.time, msToNanos(exemplar.timeMs));
    writer.double(EXEMPLAR.asDouble, exemplar.value);
    writer.bytes(EXEMPLAR.spanId, hexToBytes(exemplar.spanId));
    writer.bytes(EXEMPLAR.traceId, hexToBytes(exemplar.traceId));
    writer.close(mark);
  }
}
