import { describe, expect, test } from 'bun:test';
import { createMeterProvider } from '../../../src/telemetry/metrics/meter-provider.ts';
import { createTemporalityView } from '../../../src/telemetry/metrics/temporality.ts';

/** A provider whose clock is set by hand, and what is exported of it. */
function setUp(preference: 'cumulative' | 'delta' | 'lowmemory') {
  const clock = { nowMs: 1_000 };
  const provider = createMeterProvider({
    exemplarFilter: 'always_off',
    nowMs: () => clock.nowMs,
  });
  const view = createTemporalityView(preference);
  const exportAt = (nowMs: number) => {
    clock.nowMs = nowMs;
    return new Map(view(provider.collect()).map((metric) => [metric.name, metric]));
  };
  return { meter: provider.getMeter('test'), exportAt };
}

describe('delta temporality', () => {
  test('gives counters since the last export, and nothing of those that did not move', () => {
    const { meter, exportAt } = setUp('delta');
    const counter = meter.createCounter('c');
    counter.add(3, { k: 'a' });
    counter.add(5, { k: 'b' });
    expect(exportAt(2_000).get('c')).toMatchObject({
      isDelta: true,
      points: [
        { value: 3, startTimeMs: 1_000, timeMs: 2_000 },
        { value: 5, startTimeMs: 1_000 },
      ],
    });
    counter.add(1, { k: 'b' });
    expect(exportAt(3_000).get('c')?.points).toMatchObject([
      { attributes: { k: 'b' }, value: 1, startTimeMs: 2_000, timeMs: 3_000 },
    ]);
    expect(exportAt(4_000).get('c')).toBeUndefined();
  });

  test('gives histograms since the last export, without the extremes that nobody knows', () => {
    const { meter, exportAt } = setUp('delta');
    const histogram = meter.createHistogram('h', { advice: { explicitBucketBoundaries: [1, 2] } });
    histogram.record(0.5);
    histogram.record(9);
    expect(exportAt(2_000).get('h')?.points).toMatchObject([
      { count: 2, sum: 9.5, min: 0.5, max: 9, bucketCounts: [1, 0, 1] },
    ]);
    histogram.record(1.5);
    expect(exportAt(3_000).get('h')?.points).toMatchObject([
      { count: 1, sum: 1.5, min: Number.NaN, max: Number.NaN, bucketCounts: [0, 1, 0] },
    ]);
    expect(exportAt(4_000).get('h')).toBeUndefined();
  });

  test('leaves gauges and what goes up and down as they are', () => {
    const { meter, exportAt } = setUp('delta');
    meter.createGauge('g').record(4);
    meter.createUpDownCounter('u').add(4);
    exportAt(2_000);
    const later = exportAt(3_000);
    expect(later.get('g')).toMatchObject({ points: [{ value: 4 }] });
    expect(later.get('u')).toMatchObject({ points: [{ value: 4, startTimeMs: 1_000 }] });
    expect(later.get('u')).not.toHaveProperty('isDelta');
  });

  test('takes an observed counter that fell as one that began anew', () => {
    const { meter, exportAt } = setUp('delta');
    let total = 10;
    meter.createObservableCounter('o').addCallback((result) => result.observe(total));
    exportAt(2_000);
    total = 4;
    expect(exportAt(3_000).get('o')?.points).toMatchObject([{ value: 4 }]);
    total = 6;
    expect(exportAt(4_000).get('o')?.points).toMatchObject([{ value: 2, startTimeMs: 3_000 }]);
  });
});

test('low memory keeps observed counters cumulative, and the others are differences', () => {
  const { meter, exportAt } = setUp('lowmemory');
  meter.createObservableCounter('o').addCallback((result) => result.observe(7));
  const counter = meter.createCounter('c');
  counter.add(1);
  exportAt(2_000);
  counter.add(2);
  const later = exportAt(3_000);
  expect(later.get('o')).toMatchObject({ points: [{ value: 7, startTimeMs: 2_000 }] });
  expect(later.get('c')).toMatchObject({ isDelta: true, points: [{ value: 2 }] });
});

test('cumulative is what is collected', () => {
  const { meter, exportAt } = setUp('cumulative');
  meter.createCounter('c').add(1);
  exportAt(2_000);
  expect(exportAt(3_000).get('c')).toMatchObject({ points: [{ value: 1, startTimeMs: 1_000 }] });
});
