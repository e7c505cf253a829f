/** Puts the configured sampler together: policy, governor, parents, tail. */

import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { RootSampler } from '../lean/sampling-rule.ts';
import {
  type AdaptiveController,
  createAdaptiveController,
  createAdaptivePolicy,
} from './adaptive.ts';
import { isTail, type SamplingConfig } from './config.ts';
import {
  createAlwaysPolicy,
  createNeverPolicy,
  createProbabilityPolicy,
  createRateLimitedPolicy,
} from './fixed-policies.ts';
import { type CountingSampler, createCountingSampler, type DecisionCounts } from './governed.ts';
import {
  createGovernor,
  type Governor,
  type GovernorOptions,
  type GovernorStats,
} from './governor.ts';
import { createParentBasedSampler } from './parent-based.ts';
import type { SamplingPolicy } from './policy.ts';
import { createPolicySampler } from './policy-sampler.ts';
import type { SpanCostKind } from './span-costs.ts';
import { createTailProcessor, type TailProcessor, type TailStats } from './tail.ts';
import { ALWAYS_THRESHOLD, type Threshold } from './threshold.ts';
import type { ThroughputStats } from './throughput-key.ts';

/** What sampling needs of the world; readings that are absent put no pressure on. */
export interface SamplingDependencies
  extends Pick<
    GovernorOptions,
    'clock' | 'cpuTimeMs' | 'queueFillRatio' | 'eventLoopLagMs' | 'costs'
  > {
  /** What a recorded span takes where it happens, nanoseconds; null as long as it is not known. */
  readonly spanNs?: () => number | null;
  /** True when that includes encoding. */
  readonly isEncodedAtEnd?: boolean;
  /** False when what is sampled is only read in the process. Default true. */
  readonly isExported?: boolean;
}

/** All that metrics and health want to know. */
export interface SamplingStats {
  readonly sampler: string;
  readonly decisions: DecisionCounts;
  /** By key, `class|outcome`; null when the sampler is not adaptive. */
  readonly adaptive: Readonly<Record<string, ThroughputStats>> | null;
  /** Null without a tail sampler. */
  readonly tail: TailStats | null;
  /** Null without a limit. */
  readonly governor: GovernorStats | null;
}

/** All of sampling, put together. */
export interface Sampling {
  /** For the tracer provider. */
  readonly sampler: RootSampler;
  /** Null without a limit. */
  readonly governor: Governor | null;
  /** Puts the tail sampler before `next`; gives `next` itself when there is none. Call it once. */
  wrapProcessor(next: SpanProcessor): SpanProcessor;
  stats(): SamplingStats;
}

/** Share of what no rule keeps, when `tail` has no argument. A default of ours. */
const DEFAULT_TAIL_SHARE = 0.1;

/** Traces per second of `ratelimited` without an argument. A default of ours. */
const DEFAULT_RATE = 100;

/** Makes what `parseSamplingConfig` read; every value is within its bounds there, so it does not throw. */
export function createSampler(
  config: SamplingConfig,
  dependencies: SamplingDependencies,
): Sampling {
  const { budgetRatio } = config;
  const isLimited = budgetRatio > 0 && budgetRatio < 1;
  const governor = isLimited ? createBudget(config, dependencies) : null;
  const controller = isAdaptive(config) ? createController(config, dependencies) : null;
  const sampler = assemble(config, dependencies, governor, controller);
  let tail: TailProcessor | null = null;
  return {
    sampler,
    governor,
    wrapProcessor: (next) => {
      if (!isTail(config.kind)) return next;
      tail = createTailProcessor({
        ...config.tail,
        ...dependencies,
        next,
        ...(governor !== null && { onKept: () => governor.count('exported') }),
        ...(controller !== null &&
          config.tail.errors === 'adaptive' && { errorController: controller }),
      });
      return tail;
    },
    stats: () => ({
      sampler: sampler.toString(),
      decisions: sampler.counts(),
      adaptive: controller?.stats() ?? null,
      tail: tail?.stats() ?? null,
      governor: governor?.stats() ?? null,
    }),
  };
}

/** A tail sampler passes on later what it keeps: a span's end has no encoding in it then. */
function createBudget(config: SamplingConfig, dependencies: SamplingDependencies): Governor {
  const { spanNs, isEncodedAtEnd = false, isExported = true, ...rest } = dependencies;
  const isEncoded = isEncodedAtEnd && isExported && !isTail(config.kind);
  const kinds: readonly SpanCostKind[] = isEncoded ? ['recorded', 'exported'] : ['recorded'];
  const { budgetRatio } = config;
  if (spanNs === undefined) return createGovernor({ ...rest, budgetRatio });
  return createGovernor({ ...rest, budgetRatio, measured: { spanNs, kinds } });
}

function assemble(
  config: SamplingConfig,
  dependencies: SamplingDependencies,
  governor: Governor | null,
  controller: AdaptiveController | null,
): CountingSampler {
  const hasTail = isTail(config.kind);
  const all = governor === null ? {} : { govern: (given: Threshold) => governor.govern(given) };
  const recordGate = () =>
    governor === null ? ALWAYS_THRESHOLD : governor.govern(ALWAYS_THRESHOLD);
  const options = hasTail ? { ...all, recordGate } : all;
  const root = createPolicySampler(createPolicy(config, dependencies, controller), options);
  const sampler = config.isParentBased
    ? createParentBasedSampler({
        root,
        ...options,
        ...(controller !== null && { onChildSampled: (id) => controller.onChildSampled(id) }),
      })
    : root;
  const { isExported = true } = dependencies;
  return createCountingSampler(sampler, { governor, isExported: isExported && !hasTail });
}

function createPolicy(
  config: SamplingConfig,
  dependencies: SamplingDependencies,
  controller: AdaptiveController | null,
): SamplingPolicy {
  const { kind, argument } = config;
  if (controller !== null) return createAdaptivePolicy(controller, targetOf(config));
  if (kind === 'always_on') return createAlwaysPolicy();
  if (kind === 'always_off') return createNeverPolicy();
  if (kind === 'ratelimited') {
    return createRateLimitedPolicy(argument ?? DEFAULT_RATE, dependencies.clock);
  }
  return createProbabilityPolicy(argument ?? (kind === 'tail' ? DEFAULT_TAIL_SHARE : 1));
}

function createController(
  config: SamplingConfig,
  { clock }: SamplingDependencies,
): AdaptiveController {
  const { shares, intervalMs, maxKeys } = config;
  const targetSpansPerSecond = targetOf(config);
  return createAdaptiveController({ clock, targetSpansPerSecond, shares, intervalMs, maxKeys });
}

function targetOf({ argument, targetSpansPerSecond }: SamplingConfig): number {
  return argument ?? targetSpansPerSecond;
}

function isAdaptive({ kind }: SamplingConfig): boolean {
  return kind === 'adaptive' || kind === 'adaptive_tail';
}
