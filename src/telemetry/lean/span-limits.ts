/** How much a span may hold. Defaults are those of opentelemetry-specification `common/README.md` and `trace/sdk.md`. */

import type { SpanLimits as OfficialSpanLimits } from '@opentelemetry/sdk-trace-base';

export type SpanLimits = Required<OfficialSpanLimits>;

export const DEFAULT_SPAN_LIMITS: SpanLimits = {
  attributeCountLimit: 128,
  attributeValueLengthLimit: Number.POSITIVE_INFINITY,
  eventCountLimit: 128,
  linkCountLimit: 128,
  attributePerEventCountLimit: 128,
  attributePerLinkCountLimit: 128,
};

/** Defaults for what is not given. A length limit that is not positive limits nothing, as in the official tracer. */
export function resolveSpanLimits(given: OfficialSpanLimits = {}): SpanLimits {
  const limits = { ...DEFAULT_SPAN_LIMITS };
  for (const key of Object.keys(limits) as (keyof SpanLimits)[])
    limits[key] = given[key] ?? limits[key];
  if (!(limits.attributeValueLengthLimit > 0)) {
    limits.attributeValueLengthLimit = Number.POSITIVE_INFINITY;
  }
  return limits;
}
