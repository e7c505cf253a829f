/** What spans cost, by what happens to them. */

/** Started and not recorded; recorded; encoded and sent beside that. */
export type SpanCostKind = 'unsampled' | 'recorded' | 'exported';

/** Nanoseconds of CPU per span. */
export type SpanCosts = Readonly<Record<SpanCostKind, number>>;

/** The official SDK's on Bun with 4 to 10 attributes, the dearest that may run here; calibration replaces them. */
export const DEFAULT_SPAN_COSTS: SpanCosts = { unsampled: 250, recorded: 900, exported: 2100 };

export const SPAN_COST_KINDS = ['unsampled', 'recorded', 'exported'] as const;
