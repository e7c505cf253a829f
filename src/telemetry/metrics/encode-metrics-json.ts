/** Metrics to an `ExportMetricsServiceRequest` in canonical JSON. */

import type { Attributes } from '@opentelemetry/api';
import {
  toJsonArray,
  toJsonAttributes,
  toJsonDouble,
  toJsonObject,
  toJsonResource,
  toJsonScope,
  toJsonString,
} from '../export/json-values.ts';
import { toTemporality } from './encode-metrics-protobuf.ts';
import { groupByScope } from './group-by-scope.ts';
import type { Exemplar, HistogramPoint, MetricData, NumberPoint } from './metric-data.ts';
import { msToNanos } from './time.ts';

/** One request with all the metrics, grouped by scope; UTF-8. */
export function encodeMetricsJson(
  resource: Attributes,
  metrics: readonly MetricData[],
): Uint8Array<ArrayBuffer> {
  const scopeMetrics = groupByScope(metrics).map(([scope, members]) =>
    toJsonObject({ scope: toJsonScope(scope), metrics: toJsonArray(members.map(toMetric)) }),
  );
  const resourceMetrics = toJsonObject({
    resource: toJsonResource(resource),
    scopeMetrics: toJsonArray(scopeMetrics),
  });
  const request = toJsonObject({ resourceMetrics: toJsonArray([resourceMetrics]) });
  return new TextEncoder().encode(request);
}

function toMetric(metric: MetricData): string {
  return toJsonObject({
    name: toJsonString(metric.name),
    description: toJsonString(metric.description),
    unit: toJsonString(metric.unit),
    [metric.type]: toJsonObject({
      dataPoints: toJsonArray(
        metric.type === 'histogram'
          ? metric.points.map((point) => toHistogramPoint(point, metric.bounds))
          : metric.points.map(toNumberPoint),
      ),
      aggregationTemporality: metric.type === 'gauge' ? null : String(toTemporality(metric)),
      isMonotonic: metric.type === 'sum' ? String(metric.isMonotonic) : null,
    }),
  });
}

function toPoint({ attributes, startTimeMs, timeMs, exemplars }: NumberPoint | HistogramPoint) {
  return {
    attributes: toJsonAttributes(attributes),
    startTimeUnixNano: toTime(startTimeMs),
    timeUnixNano: toTime(timeMs),
    exemplars: toJsonArray(exemplars.map(toExemplar)),
  };
}

function toNumberPoint(point: NumberPoint): string {
  return toJsonObject({ ...toPoint(point), asDouble: toJsonDouble(point.value) });
}

function toHistogramPoint(point: HistogramPoint, bounds: readonly number[]): string {
  return toJsonObject({
    ...toPoint(point),
    count: `"${point.count}"`,
    sum: toJsonDouble(point.sum),
    min: Number.isNaN(point.min) ? null : toJsonDouble(point.min),
    max: Number.isNaN(point.max) ? null : toJsonDouble(point.max),
    bucketCounts: toJsonArray(point.bucketCounts.map((count) => `"${count}"`)),
    explicitBounds: toJsonArray(bounds.map(toJsonDouble)),
  });
}

function toExemplar({ timeMs, value, spanId, traceId }: Exemplar): string {
  return toJsonObject({
    timeUnixNano: toTime(timeMs),
    asDouble: toJsonDouble(value),
    spanId: toJsonString(spanId),
    traceId: toJsonString(traceId),
  });
}

function toTime(timeMs: number): string {
  return `"${msToNanos(timeMs)}"`;
}
