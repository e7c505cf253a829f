/** Sorts metrics or log records into the envelopes of OTLP. */

import type { InstrumentationScope } from '@opentelemetry/core';

/** Scopes that are the same object; rows keep their order. */
export function groupByScope<Row extends { readonly scope: InstrumentationScope }>(
  rows: readonly Row[],
): readonly (readonly [InstrumentationScope, readonly Row[]])[] {
  return [...Map.groupBy(rows, (row) => row.scope)];
}
