/** Which spans are recorded: three rules that need no questions, or a sampler of the official interface. */

import {
  type Attributes,
  type Context,
  SpanKind,
  type SpanOptions,
  type TraceState,
} from '@opentelemetry/api';
import type { Sampler, SamplingDecision } from '@opentelemetry/sdk-trace-base';
import type { IdSource } from './id-source.ts';
import type { SpanIdentity } from './span-identity.ts';

/** `parent`: as the parent was sampled, and roots always; it is the specification's default. */
export type RootRule = 'parent' | 'always' | 'never' | RootSampler;

/** A sampler that may know the answer for a root before anything is made of it. */
export interface RootSampler extends Sampler {
  /**
   * True, and counted as such, when a root with this randomness is refused whatever it is; false when `shouldSample`
   * has to be asked.
   *
   * @param high - the upper 24 of the 56 bits of randomness.
   * @param low - the lower 32.
   */
  dropsRoot?(high: number, low: number): boolean;
}

export interface SamplingQuestion {
  readonly context: Context;
  readonly name: string;
  readonly options: SpanOptions;
  readonly parent: SpanIdentity | null;
  readonly ids: IdSource;
}

export interface Decision {
  readonly isRecorded: boolean;
  readonly isSampled: boolean;
  readonly traceState: TraceState | undefined;
  readonly attributes: Attributes | undefined;
}

/** `SamplingDecision` of sdk-trace-base 2.x: an enum, and naming it would load the SDK. */
const NOT_RECORD: SamplingDecision = 0;
const RECORD_AND_SAMPLED: SamplingDecision = 2;

/** Official samplers whose answer is always the same are known by what they call themselves, and not asked. */
export function toRootRule(sampler: RootSampler | undefined): RootRule {
  if (sampler === undefined) return 'parent';
  const name = sampler.toString();
  if (name === 'AlwaysOnSampler') return 'always';
  return name === 'AlwaysOffSampler' ? 'never' : sampler;
}

export function askSampler(sampler: Sampler, question: SamplingQuestion): Decision {
  const { context, name, options, parent, ids } = question;
  const result = sampler.shouldSample(
    context,
    parent?.traceId ?? ids.nextTraceId(),
    name,
    options.kind ?? SpanKind.INTERNAL,
    options.attributes ?? {},
    options.links ?? [],
  );
  return {
    isRecorded: result.decision !== NOT_RECORD,
    isSampled: result.decision === RECORD_AND_SAMPLED,
    traceState: result.traceState ?? parent?.traceState,
    attributes: result.attributes,
  };
}
