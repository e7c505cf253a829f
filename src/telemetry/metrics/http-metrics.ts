/** Metrics of served requests ("Semantic conventions for HTTP metrics", stable: http.server.request.duration). */

import type { Attributes, Context, Meter } from '@opentelemetry/api';
import { METRIC, SEMCONV_ATTR } from '../names.ts';

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

export interface HttpServerMetrics {
  begin(method: string, scheme: string): void;
  end(request: ServedRequest, active: Context): void;
}

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
  return {
    begin: (method, scheme) => active.add(1, toCommon(method, scheme)),
    end: (request, context) => {
      active.add(-1, toCommon(request.method, request.scheme));
      duration.record(request.durationMs / 1_000, toAttributes(request), context);
    },
  };
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
