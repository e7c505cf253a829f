/** Metrics of served requests ("Semantic conventions for HTTP metrics", stable: http.server.request.duration). */

import type { Attributes, Context, Histogram, Meter, UpDownCounter } from '@opentelemetry/api';
import { METRIC, SEMCONV_ATTR } from '../names.ts';
import { HistogramInstrument, NumberInstrument } from './instruments.ts';

/** Seconds; the boundaries that the conventions ask for. */
export const HTTP_DURATION_BOUNDS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

export interface ServedRequest {
  readonly method: string;
  readonly scheme: string;
  /** Null when no route matched. */
  readonly route: string | null;
  /** Null when the handler threw. */
  readonly status: number | null;
  readonly errorType: string | null;
  readonly durationMs: number;
}

/** Called at the beginning and the end of each request. */
export interface HttpServerMetrics {
  begin(method: string, scheme: string): void;
  end(request: ServedRequest, active: Context): void;
}

type Record = (value: number, active?: Context) => void;

/** Sets of attributes whose series are remembered; the series themselves have a bound of their own. */
const MAX_REMEMBERED = 1_000;

/** Series are found once per set of attributes: finding one costs more than recording. */
export function createHttpServerMetrics(meter: Meter): HttpServerMetrics {
  const duration = meter.createHistogram(METRIC.httpServerRequestDuration, {
    unit: 's',
    description: 'Duration of HTTP server requests.',
    advice: { explicitBucketBoundaries: HTTP_DURATION_BOUNDS },
  });
  const active = meter.createUpDownCounter(METRIC.httpServerActiveRequests, {
    unit: '{request}',
    description: 'Requests that are being served.',
  });
  const durations = new Map<string, Record>();
  const actives = new Map<string, Record>();
  const activeOf = (method: string, scheme: string) =>
    remember(actives, `${method} ${scheme}`, () => bindAdd(active, toCommon(method, scheme)));
  return {
    begin: (method, scheme) => activeOf(method, scheme)(1),
    end: (request, context) => {
      const { method, scheme, route, status, errorType } = request;
      activeOf(method, scheme)(-1);
      const key = `${method} ${scheme} ${status} ${errorType} ${route}`;
      const record = remember(durations, key, () => bindRecord(duration, toAttributes(request)));
      record(request.durationMs / 1_000, context);
    },
  };
}

function remember(known: Map<string, Record>, key: string, create: () => Record): Record {
  const before = known.get(key);
  if (before !== undefined) return before;
  const created = create();
  if (known.size < MAX_REMEMBERED) known.set(key, created);
  return created;
}

/** Meters of other makes have no `bind`. */
function bindAdd(counter: UpDownCounter, attributes: Attributes): Record {
  if (counter instanceof NumberInstrument) return counter.bind(attributes);
  return (value, active) => counter.add(value, attributes, active);
}

function bindRecord(histogram: Histogram, attributes: Attributes): Record {
  if (histogram instanceof HistogramInstrument) return histogram.bind(attributes);
  return (value, active) => histogram.record(value, attributes, active);
}

function toCommon(method: string, scheme: string): Attributes {
  return { [SEMCONV_ATTR.httpRequestMethod]: method, [SEMCONV_ATTR.urlScheme]: scheme };
}

function toAttributes({ method, scheme, route, status, errorType }: ServedRequest): Attributes {
  const attributes = toCommon(method, scheme);
  if (route !== null) attributes[SEMCONV_ATTR.httpRoute] = route;
  if (status !== null) attributes[SEMCONV_ATTR.httpResponseStatusCode] = status;
  if (errorType !== null) attributes[SEMCONV_ATTR.errorType] = errorType;
  return attributes;
}
