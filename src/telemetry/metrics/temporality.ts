/**
 * Cumulative metrics as differences since the last export ("OTLP Metrics Exporter", Additional Environment Variable
 * Configuration). The instruments stay cumulative, for Prometheus; who exports deltas remembers what it exported.
 */

import type { TemporalityPreference } from '../config-signals.ts';
import type { HistogramPoint, MetricData, NumberPoint } from './metric-data.ts';
import { toSeriesKey } from './series.ts';

/** Takes each collection once, in order. */
export type TemporalityView = (metrics: readonly MetricData[]) => readonly MetricData[];

/** Points of the last collection by metric and series. What is not collected any more is forgotten. */
type Remembered<Point> = Map<string, Point>;

/**
 * `delta`: counters and histograms are differences; `lowmemory`: but for counters that are observed. What may go up and
 * down, and gauges, stay as they are. A series that did not move has no point.
 */
export function createTemporalityView(preference: TemporalityPreference): TemporalityView {
  if (preference === 'cumulative') return (metrics) => metrics;
  let numbers: Remembered<NumberPoint> = new Map();
  let histograms: Remembered<HistogramPoint> = new Map();
  return (metrics) => {
    const nextNumbers: Remembered<NumberPoint> = new Map();
    const nextHistograms: Remembered<HistogramPoint> = new Map();
    const converted = metrics.map((metric): MetricData => {
      const key = `${metric.scope.name} ${metric.type} ${metric.name} `;
      if (metric.type === 'histogram') {
        const points = toDeltas(key, metric.points, histograms, nextHistograms, histogramDelta);
        return { ...metric, points, isDelta: true };
      }
      if (!isDeltaSum(metric, preference)) return metric;
      const points = toDeltas(key, metric.points, numbers, nextNumbers, numberDelta);
      return { ...metric, points, isDelta: true };
    });
    numbers = nextNumbers;
    histograms = nextHistograms;
    return converted.filter((metric) => metric.points.length > 0);
  };
}

function isDeltaSum(
  metric: MetricData,
  preference: TemporalityPreference,
): metric is MetricData & { readonly type: 'sum' } {
  if (metric.type !== 'sum' || !metric.isMonotonic) return false;
  return preference === 'delta' || !metric.isObserved;
}

function toDeltas<Point extends NumberPoint | HistogramPoint>(
  metricKey: string,
  points: readonly Point[],
  before: Remembered<Point>,
  next: Remembered<Point>,
  toDelta: (point: Point, earlier: Point) => Point | null,
): readonly Point[] {
  return points.flatMap((point) => {
    const key = metricKey + toSeriesKey(point.attributes);
    next.set(key, point);
    const earlier = before.get(key);
    return (earlier === undefined ? point : toDelta(point, earlier)) ?? [];
  });
}

/** A counter that fell began anew: all of it is since then. */
function numberDelta(point: NumberPoint, earlier: NumberPoint): NumberPoint | null {
  const value = point.value - earlier.value;
  if (value === 0) return null;
  if (value < 0) return point;
  return { ...point, ...sinceEarlier(point, earlier), value };
}

/** Least and greatest since the last export are not known: only those since the beginning are kept. */
function histogramDelta(point: HistogramPoint, earlier: HistogramPoint): HistogramPoint | null {
  const count = point.count - earlier.count;
  if (count === 0) return null;
  return {
    ...point,
    ...sinceEarlier(point, earlier),
    count,
    sum: point.sum - earlier.sum,
    min: Number.NaN,
    max: Number.NaN,
    bucketCounts: point.bucketCounts.map(
      (inBucket, index) => inBucket - (earlier.bucketCounts[index] ?? 0),
    ),
  };
}

function sinceEarlier({ exemplars }: NumberPoint | HistogramPoint, { timeMs }: { timeMs: number }) {
  return {
    startTimeMs: timeMs,
    exemplars: exemplars.filter((exemplar) => exemplar.timeMs > timeMs),
  };
}
