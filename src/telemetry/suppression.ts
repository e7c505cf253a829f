/** Work that must leave no spans, such as the exporter's own requests: under the key that the official SDK uses. */

import { type Context, createContextKey } from '@opentelemetry/api';

/** The name of `@opentelemetry/core` 2.12, so that either side understands the other's contexts. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** @returns `context`, under which nothing is recorded. */
export function suppressTracing(context: Context): Context {
  return context.setValue(SUPPRESSED, true);
}

export function isTracingSuppressed(context: Context): boolean {
  return context.getValue(SUPPRESSED) === true;
}
