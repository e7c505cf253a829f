/** Decisions and thresholds of sampling as metrics: what is kept, why less is kept, what telemetry costs. */

import type { Meter, ObservableResult } from '@opentelemetry/api';
import { ATTR, TELEMETRY_METRIC } from '../names.ts';
import type { Sampling, SamplingStats } from '../sampling/sampler.ts';

export function registerSamplingMetrics(meter: Meter, sampling: Sampling): void {
  const observe = (
    kind: 'counter' | 'gauge',
    name: string,
    unit: string,
    description: string,
    read: (stats: SamplingStats, result: ObservableResult) => void,
  ) => {
    const options = { unit, description };
    const instrument =
      kind === 'counter'
        ? meter.createObservableCounter(name, options)
        : meter.createObservableGauge(name, options);
    instrument.addCallback((result) => read(sampling.stats(), result));
  };
  observe(
    'counter',
    TELEMETRY_METRIC.decisions,
    '{span}',
    'Decisions of the sampler.',
    ({ decisions }, result) => {
      result.observe(decisions.sampledCount, { [ATTR.decision]: 'sampled' });
      result.observe(decisions.recordedCount, { [ATTR.decision]: 'recorded' });
      result.observe(decisions.droppedCount, { [ATTR.decision]: 'dropped' });
    },
  );
  observe(
    'gauge',
    TELEMETRY_METRIC.probability,
    '1',
    'Part of the traces of a key that is kept.',
    ({ adaptive }, result) => {
      for (const [key, { probability }] of Object.entries(adaptive ?? {})) {
        result.observe(probability, { [ATTR.samplingKey]: key });
      }
    },
  );
  observe(
    'counter',
    TELEMETRY_METRIC.tailTraces,
    '{trace}',
    'Traces kept at their end, by reason, and let go.',
    ({ tail }, result) => {
      if (tail === null) return;
      for (const [reason, count] of Object.entries(tail.keptCounts)) {
        result.observe(count, { [ATTR.decision]: reason });
      }
      result.observe(tail.letGoCount, { [ATTR.decision]: 'let_go' });
    },
  );
  observe(
    'gauge',
    TELEMETRY_METRIC.budgetUsed,
    '1',
    'Part of CPU time that telemetry uses, as estimated.',
    ({ governor }, result) => {
      if (governor !== null) result.observe(governor.usedRatio);
    },
  );
  observe(
    'gauge',
    TELEMETRY_METRIC.governedShare,
    '1',
    'Part of traces that the budget lets through.',
    ({ governor }, result) => {
      if (governor !== null) result.observe(governor.isOff ? 0 : governor.shareRatio);
    },
  );
}
