/** What a root sampler wants for a trace that begins here; `policy-sampler.ts` turns it into a decision. */

import type { Attributes, SpanKind } from '@opentelemetry/api';
import type { Threshold } from './threshold.ts';

/** What is known of a span when it starts. */
export interface SpanStart {
  readonly traceId: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

/** Names the threshold; somebody else compares it with the trace's randomness. */
export interface SamplingPolicy {
  /** As `OTEL_TRACES_SAMPLER` names it, with its argument. */
  readonly description: string;
  /** False when the share that is kept is not a probability, so that no weight may be written. */
  readonly isProbability: boolean;
  /**
   * Keeps everything: as the official sampler does, it then writes no `th`, unless it must replace one. A backend takes
   * what carries no weight for one.
   */
  readonly isAlways?: boolean;
  /** The rejection threshold for this trace; null refuses it whatever its randomness. */
  thresholdFor(start: SpanStart): Threshold | null;
  /** The threshold for any trace, where it does not depend on the trace and asking has no effect. */
  thresholdForAny?(): Threshold | null;
  /** Called when the trace is kept. */
  onSampled?(start: SpanStart): void;
}
