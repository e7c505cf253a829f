/** Metrics of calls that leave the process: databases and caches (stable names), and exchanges. */

import type { Attributes, Context, Meter } from '@opentelemetry/api';
import { ATTR, METRIC, SEMCONV_ATTR } from '../names.ts';

/** Seconds; the boundaries that "Semantic conventions for database client metrics" ask for. */
export const DB_DURATION_BOUNDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** Seconds; calls to exchanges take from some milliseconds to their time limit. */
const EXCHANGE_DURATION_BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10, 30];

/** Attributes of a span that may also stand on the metric: few values each. */
const DB_ATTRIBUTES: readonly string[] = [
  SEMCONV_ATTR.dbSystemName,
  SEMCONV_ATTR.dbNamespace,
  SEMCONV_ATTR.dbCollectionName,
  SEMCONV_ATTR.dbOperationName,
  SEMCONV_ATTR.dbResponseStatusCode,
  SEMCONV_ATTR.serverAddress,
  SEMCONV_ATTR.serverPort,
];

/** @param attributes - those of the span; what the metric does not take is left out. */
export type RecordCall = (
  attributes: Attributes,
  durationMs: number,
  /** `error.type`; null for a success. */
  errorType: string | null,
  /** Holds the span, for exemplars. */
  active: Context,
) => void;

/** `db.client.operation.duration`. */
export function createDbClientMetrics(meter: Meter): RecordCall {
  const description = 'Duration of database client operations.';
  const name = METRIC.dbClientOperationDuration;
  return createCallMetric(meter, name, description, DB_DURATION_BOUNDS, DB_ATTRIBUTES);
}

/** `exchange.call.duration`; its count without `error.type` is the number of successes. */
export function createExchangeMetrics(meter: Meter): RecordCall {
  const description = 'Duration of calls to exchanges; error.type is set on those that failed.';
  const names = [ATTR.exchangeName, ATTR.exchangeOperation];
  const name = METRIC.exchangeCallDuration;
  return createCallMetric(meter, name, description, EXCHANGE_DURATION_BOUNDS, names);
}

/** @param names - of the attributes that the metric takes from the span. */
function createCallMetric(
  meter: Meter,
  name: string,
  description: string,
  explicitBucketBoundaries: number[],
  names: readonly string[],
): RecordCall {
  const advice = { explicitBucketBoundaries };
  const duration = meter.createHistogram(name, { unit: 's', description, advice });
  return (attributes, durationMs, errorType, active) => {
    duration.record(durationMs / 1_000, pick(attributes, names, errorType), active);
  };
}

function pick(
  attributes: Attributes,
  names: readonly string[],
  errorType: string | null,
): Attributes {
  const picked: Attributes = {};
  for (const name of names) {
    const value = attributes[name];
    if (value !== undefined) picked[name] = value;
  }
  if (errorType !== null) picked[SEMCONV_ATTR.errorType] = errorType;
  return picked;
}
