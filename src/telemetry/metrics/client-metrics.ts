/** Metrics of calls that leave the process: databases and caches (stable names), and exchanges. */

import type { Attributes, Context, Meter } from '@opentelemetry/api';
import { ATTR, METRIC, SEMCONV_ATTR } from '../names.ts';

/** Seconds; the boundaries that "Semantic conventions for database client metrics" ask for. */
const DB_DURATION_BOUNDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** Seconds; calls to exchanges take from some milliseconds to their time limit. */
const EXCHANGE_DURATION_BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10, 30];

interface CallKind {
  readonly name: string;
  readonly description: string;
  readonly bounds: number[];
  /** Attributes of a span that may also stand on the metric: few values each. The first marks the span's kind. */
  readonly attributes: readonly [string, ...string[]];
}

const CALL_KINDS: readonly CallKind[] = [
  {
    name: METRIC.dbClientOperationDuration,
    description: 'Duration of database client operations.',
    bounds: DB_DURATION_BOUNDS,
    attributes: [
      SEMCONV_ATTR.dbSystemName,
      SEMCONV_ATTR.dbNamespace,
      SEMCONV_ATTR.dbCollectionName,
      SEMCONV_ATTR.dbOperationName,
      SEMCONV_ATTR.dbResponseStatusCode,
      SEMCONV_ATTR.serverAddress,
      SEMCONV_ATTR.serverPort,
    ],
  },
  {
    // Its count without `error.type` is the number of successes.
    name: METRIC.exchangeCallDuration,
    description: 'Duration of calls to exchanges; error.type is set on those that failed.',
    bounds: EXCHANGE_DURATION_BOUNDS,
    attributes: [ATTR.exchangeName, ATTR.exchangeOperation],
  },
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

/** What measures a call, by the attributes that its span starts with; null for calls of other kinds. */
export type FindRecord = (attributes: Attributes) => RecordCall | null;

/** Instruments are made with the first call of their kind. */
export function createCallMetrics(meter: Meter): FindRecord {
  const records = new Map<CallKind, RecordCall>();
  return (attributes) => {
    const kind = CALL_KINDS.find((one) => attributes[one.attributes[0]] !== undefined);
    if (kind === undefined) return null;
    const known = records.get(kind);
    if (known !== undefined) return known;
    const record = createRecord(meter, kind);
    records.set(kind, record);
    return record;
  };
}

function createRecord(meter: Meter, kind: CallKind): RecordCall {
  const { name, description, bounds } = kind;
  const advice = { explicitBucketBoundaries: bounds };
  const duration = meter.createHistogram(name, { unit: 's', description, advice });
  return (attributes, durationMs, errorType, active) => {
    duration.record(durationMs / 1_000, pick(attributes, kind.attributes, errorType), active);
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
