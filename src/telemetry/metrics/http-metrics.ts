/** Metrics of served requests ("Semantic conventions for HTTP metrics", stable: http.server.request.duration). */

import type { Attributes, Context, Histogram, Meter, UpDownCounter } from '@opentelemetry/api';
import { METRIC, SEMCONV_ATTR } from '../names.ts';
import { HistogramInstrument, type HistogramState } from './histogram-instrument.ts';
import { EXEMPLAR_INTERVAL_MS } from './instrument.ts';
import { NumberInstrument } from './number-instrument.ts';

/** Seconds; the boundaries that the conventions ask for. */
export const HTTP_DURATION_BOUNDS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** Sets of attributes whose series are remembered; the series themselves have a bound of their own. */
const MAX_REMEMBERED = 1_000;

/** Metrics of all requests of a layer. */
export class HttpServerMetrics {
  readonly #duration: Histogram;
  readonly #active: UpDownCounter;
  readonly #known = new Map<string, MethodMetrics>();
  #last: MethodMetrics | null = null;

  constructor(meter: Meter) {
    this.#duration = meter.createHistogram(METRIC.httpServerRequestDuration, {
      unit: 's',
      description: 'Duration of HTTP server requests.',
      advice: { explicitBucketBoundaries: HTTP_DURATION_BOUNDS },
    });
    this.#active = meter.createUpDownCounter(METRIC.httpServerActiveRequests, {
      unit: '{request}',
      description: 'Requests that are being served.',
    });
  }

  /** @param method - one of a closed set, `_OTHER` included. */
  of(method: string, scheme: string): MethodMetrics {
    const last = this.#last;
    if (last !== null && last.method === method && last.scheme === scheme) return last;
    const key = `${method} ${scheme}`;
    const found =
      this.#known.get(key) ?? new MethodMetrics(method, scheme, this.#duration, this.#active);
    if (this.#known.size < MAX_REMEMBERED) this.#known.set(key, found);
    this.#last = found;
    return found;
  }
}

/** Of the requests with one method and scheme. */
export class MethodMetrics {
  readonly method: string;
  readonly scheme: string;
  readonly #duration: Histogram;
  readonly #active: UpDownCounter;
  /** Null for meters of other makes, which show no series. */
  #activeSeries: { value: number } | null = null;
  readonly #outcomes = new Map<string, Outcome>();
  #last: Outcome | null = null;

  constructor(method: string, scheme: string, duration: Histogram, active: UpDownCounter) {
    this.method = method;
    this.scheme = scheme;
    this.#duration = duration;
    this.#active = active;
    if (active instanceof NumberInstrument) this.#activeSeries = active.seriesOf(this.#common());
  }

  begin(): void {
    this.#addActive(1);
  }

  /**
   * @param route - null when none matched.
   * @param status - null when the handler threw.
   * @returns where its duration belongs.
   */
  end(route: string | null, status: number | null, errorType: string | null): Outcome {
    this.#addActive(-1);
    return this.#outcomeOf(route, status, errorType);
  }

  #addActive(change: number): void {
    if (this.#activeSeries === null) this.#active.add(change, this.#common());
    else this.#activeSeries.value += change;
  }

  /** Finding one costs more than recording; mostly it is that of the request before. */
  #outcomeOf(route: string | null, status: number | null, errorType: string | null): Outcome {
    const last = this.#last;
    const isLast =
      last !== null &&
      last.status === status &&
      last.route === route &&
      last.errorType === errorType;
    if (isLast) return last;
    const key = `${status} ${errorType} ${route}`;
    const found =
      this.#outcomes.get(key) ??
      new Outcome(this.#common(), route, status, errorType, this.#duration);
    if (this.#outcomes.size < MAX_REMEMBERED) this.#outcomes.set(key, found);
    this.#last = found;
    return found;
  }

  #common(): Attributes {
    return {
      [SEMCONV_ATTR.httpRequestMethod]: this.method,
      [SEMCONV_ATTR.urlScheme]: this.scheme,
    };
  }
}

/** Requests that ended alike. */
export class Outcome {
  readonly route: string | null;
  readonly status: number | null;
  readonly errorType: string | null;
  readonly #attributes: Attributes;
  readonly #duration: Histogram;
  #series: HistogramState | null = null;
  /** When each bucket wants another exemplar, monotonic. */
  readonly #exemplarDueMs = new Array<number>(HTTP_DURATION_BOUNDS.length + 1).fill(0);

  constructor(
    common: Attributes,
    route: string | null,
    status: number | null,
    errorType: string | null,
    duration: Histogram,
  ) {
    this.route = route;
    this.status = status;
    this.errorType = errorType;
    this.#duration = duration;
    this.#attributes = common;
    if (route !== null) common[SEMCONV_ATTR.httpRoute] = route;
    if (status !== null) common[SEMCONV_ATTR.httpResponseStatusCode] = status;
    if (errorType !== null) common[SEMCONV_ATTR.errorType] = errorType;
  }

  /** @param endMs - a monotonic reading: for each request the wall clock would cost half of what measuring does. */
  record(seconds: number, active: Context, endMs: number): void {
    const duration = this.#duration;
    if (!(duration instanceof HistogramInstrument)) {
      duration.record(seconds, this.#attributes, active);
      return;
    }
    this.#series ??= duration.seriesOf(this.#attributes);
    const bucket = duration.recordIn(this.#series, seconds);
    if (endMs < (this.#exemplarDueMs[bucket] ?? Number.POSITIVE_INFINITY)) return;
    const isTaken = duration.offerExemplar(this.#series, bucket, seconds, active);
    if (isTaken) this.#exemplarDueMs[bucket] = endMs + EXEMPLAR_INTERVAL_MS;
  }
}
