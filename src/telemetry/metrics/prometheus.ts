/**
 * Metrics as text for Prometheus: the text format 0.0.4, or OpenMetrics 1.0, which also carries exemplars. Names follow
 * "Prometheus and OpenMetrics Compatibility" of the OpenTelemetry specification.
 */

import type { Attributes } from '@opentelemetry/api';
import type { Exemplar, HistogramPoint, MetricData, NumberPoint } from './metric-data.ts';

export type PrometheusFormat = 'text' | 'openmetrics';

export const PROMETHEUS_CONTENT_TYPES: Readonly<Record<PrometheusFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** What a scraper's `Accept` header asks for. */
export function toPrometheusFormat(accept: string | null): PrometheusFormat {
  return accept?.includes('application/openmetrics-text') === true ? 'openmetrics' : 'text';
}

/** Unit as a suffix of the name (same place, "Metric Metadata"); units in braces are annotations and have none. */
const UNIT_SUFFIXES: Readonly<Record<string, string>> = {
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  '%': 'percent',
};

/** The whole page: a `target_info` with the resource, then each metric. */
export function toPrometheusText(
  resource: Attributes,
  metrics: readonly MetricData[],
  format: PrometheusFormat,
): string {
  const lines = [...targetInfo(resource), ...metrics.flatMap((metric) => toLines(metric, format))];
  if (format === 'openmetrics') lines.push('# EOF');
  return `${lines.join('\n')}\n`;
}

function targetInfo(resource: Attributes): readonly string[] {
  return [
    '# HELP target_info Resource of this process.',
    '# TYPE target_info gauge',
    `target_info${toLabels(resource)} 1`,
  ];
}

function toLines(metric: MetricData, format: PrometheusFormat): readonly string[] {
  const family = toFamilyName(metric);
  const isCounter = metric.type === 'sum' && metric.isMonotonic;
  const name = isCounter ? `${family}_total` : family;
  const type = isCounter ? 'counter' : metric.type === 'histogram' ? 'histogram' : 'gauge';
  // OpenMetrics names the family of a counter without its suffix.
  const header = format === 'openmetrics' ? family : name;
  const samples =
    metric.type === 'histogram'
      ? metric.points.flatMap((point) => toBuckets(family, point, metric.bounds, format))
      : metric.points.map((point) => toSample(name, point, isCounter ? format : 'text'));
  const help =
    metric.description === '' ? [] : [`# HELP ${header} ${escapeHelp(metric.description)}`];
  return [...help, `# TYPE ${header} ${type}`, ...samples];
}

/** Letters, digits, `_` and `:`; the unit's suffix once; `ratio` for gauges without dimension. */
function toFamilyName({ name, unit, type }: MetricData): string {
  const base = name.replace(/[^A-Za-z0-9_:]+/g, '_').replace(/^(?=\d)/, '_');
  const suffix = unit === '1' && type === 'gauge' ? 'ratio' : UNIT_SUFFIXES[unit];
  return suffix === undefined || base.endsWith(`_${suffix}`) ? base : `${base}_${suffix}`;
}

function toSample(name: string, point: NumberPoint, format: PrometheusFormat): string {
  const exemplar = format === 'openmetrics' ? toExemplar(point.exemplars[0]) : '';
  return `${name}${toLabels(point.attributes)} ${toNumber(point.value)}${exemplar}`;
}

function toBuckets(
  name: string,
  point: HistogramPoint,
  bounds: readonly number[],
  format: PrometheusFormat,
): readonly string[] {
  let cumulative = 0;
  const buckets = point.bucketCounts.map((count, index) => {
    cumulative += count;
    const bound = bounds[index] ?? Number.POSITIVE_INFINITY;
    const below = bounds[index - 1] ?? Number.NEGATIVE_INFINITY;
    const found = point.exemplars.find(({ value }) => value > below && value <= bound);
    const exemplar = format === 'openmetrics' ? toExemplar(found) : '';
    const labels = toLabels(point.attributes, { le: toNumber(bound) });
    return `${name}_bucket${labels} ${cumulative}${exemplar}`;
  });
  const labels = toLabels(point.attributes);
  return [
    ...buckets,
    `${name}_sum${labels} ${toNumber(point.sum)}`,
    `${name}_count${labels} ${point.count}`,
  ];
}

function toExemplar(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined) return '';
  const { traceId, spanId, value, timeMs } = exemplar;
  return ` # {trace_id="${traceId}",span_id="${spanId}"} ${toNumber(value)} ${timeMs / 1_000}`;
}

function toLabels(attributes: Attributes, more: Readonly<Record<string, string>> = {}): string {
  const labels = new Map<string, string>();
  for (const [key, value] of Object.entries({ ...attributes, ...more })) {
    if (value === undefined) continue;
    const name = key.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=\d)/, '_');
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    // Two keys that become one name share a label, joined as the specification says.
    const before = labels.get(name);
    labels.set(name, before === undefined ? text : `${before};${text}`);
  }
  if (labels.size === 0) return '';
  return `{${[...labels].map(([name, text]) => `${name}="${escapeLabel(text)}"`).join(',')}}`;
}

function toNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
