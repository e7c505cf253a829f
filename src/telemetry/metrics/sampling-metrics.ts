/** Decisions and thresholds of sampling as metrics: what is kept, why less is kept, what telemetry costs. */

import type { Meter } from '@opentelemetry/api';
import { ATTR, TELEMETRY_METRIC } from '../names.ts';
import type { Sampling } from '../sampling/sampler.ts';
import { observeAll } from './observe.ts';

export function registerSamplingMetrics(meter: Meter, { stats }: Sampling): void {
  observeAll(meter, [
    [
      'Counter',
      TELEMETRY_METRIC.decisions,
      '{span}',
      'Decisions of the sampler.',
      (result) => {
        const { decisions } = stats();
        result.observe(decisions.sampledCount, { [ATTR.decision]: 'sampled' });
        result.observe(decisions.recordedCount, { [ATTR.decision]: 'recorded' });
        result.observe(decisions.droppedCount, { [ATTR.decision]: 'dropped' });
      },
    ],
    [
      'Gauge',
      TELEMETRY_METRIC.probability,
      '1',
      'Part of the traces of a key that is kept.',
      (result) => {
        for (const [key, { probability }] of Object.entries(stats().adaptive ?? {})) {
          result.observe(probability, { [ATTR.samplingKey]: key });
        }
      },
    ],
    [
      'Counter',
      TELEMETRY_METRIC.tailTraces,
      '{trace}',
      'Traces kept at their end, by reason, and let go.',
      (result) => {
        const { tail } = stats();
        if (tail === null) return;
        const counts = { ...tail.keptCounts, let_go: tail.letGoCount };
        for (const [reason, count] of Object.entries(counts)) {
          result.observe(count, { [ATTR.decision]: reason });
        }
      },
    ],
    [
      'Gauge',
      TELEMETRY_METRIC.budgetUsed,
      '1',
      'Part of CPU time that telemetry uses, as estimated.',
      (result) => {
        const { governor } = stats();
        if (governor !== null) result.observe(governor.usedRatio);
      },
    ],
    [
      'Gauge',
      TELEMETRY_METRIC.spanCost,
      's',
      'CPU time of a span by what happens to it, as measured here: exporting comes on top of recording.',
      (result) => {
        const costsNs = Object.entries(stats().governor?.costsNs ?? {});
        for (const [kind, ns] of costsNs) result.observe(ns / 1e9, { [ATTR.decision]: kind });
      },
    ],
    [
      'Gauge',
      TELEMETRY_METRIC.governedShare,
      '1',
      'Part of traces that the budget lets through.',
      (result) => {
        const { governor } = stats();
        if (governor !== null) result.observe(governor.shareRatio);
      },
    ],
  ]);
}
