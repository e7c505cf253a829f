/** Which spans are recorded: three rules that need no questions, or a sampler of the official interface. */

import {
  type Attributes,
  type Context,
  SpanKind,
  type SpanOptions,
  type TraceState,
} from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  type Sampler,
  SamplingDecision,
} from '@opentelemetry/sdk-trace-base';
import type { IdSource } from './id-source.ts';
import type { SpanIdentity } from './span-identity.ts';

/** `parent`: as the parent was sampled, and roots always; it is the specification's default. */
export type RootRule = 'parent' | 'always' | 'never' | Sampler;

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

/** Official samplers whose answer is always the same are not asked. */
export function toRootRule(sampler: Sampler | undefined): RootRule {
  if (sampler === undefined) return 'parent';
  if (sampler instanceof AlwaysOnSampler) return 'always';
  return sampler instanceof AlwaysOffSampler ? 'never' : sampler;
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
    isRecorded: result.decision !== SamplingDecision.NOT_RECORD,
    isSampled: result.decision === SamplingDecision.RECORD_AND_SAMPLED,
    traceState: result.traceState ?? parent?.traceState,
    attributes: result.attributes,
  };
}
