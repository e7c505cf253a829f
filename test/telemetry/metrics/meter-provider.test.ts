import { describe, expect, test } from 'bun:test';
import { context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import type { ExemplarFilter } from '../../../src/telemetry/metrics/exemplar-source.ts';
import type { HistogramInstrument } from '../../../src/telemetry/metrics/histogram-instrument.ts';
import { createMeterProvider } from '../../../src/telemetry/metrics/meter-provider.ts';
import type { MetricData } from '../../../src/telemetry/metrics/metric-data.ts';
import type { NumberInstrument } from '../../../src/telemetry/metrics/number-instrument.ts';
import { MAX_SERIES_COUNT } from '../../../src/telemetry/metrics/series.ts';

function setUp(exemplarFilter: ExemplarFilter = 'trace_based') {
  let nowMs = 1_000;
  const provider = createMeterProvider({ exemplarFilter, nowMs: () => nowMs });
  const collected = (name: string): MetricData | undefined =>
    provider.collect().find((metric) => metric.name === name);
  return {
    meter: provider.getMeter('test', '1'),
    provider,
    collected,
    at: (ms: number) => {
      nowMs = ms;
    },
  };
}

const inSpan = (traceFlags: number) =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    traceFlags,
  });

describe('meter', () => {
  test('adds up a counter per set of attributes, whatever their order', () => {
    const { meter, collected, at } = setUp();
    const counter = meter.createCounter('c', { unit: '{thing}', description: 'Things.' });
    counter.add(2, { a: 1, b: 'x' });
    at(2_000);
    counter.add(3, { b: 'x', a: 1 });
    counter.add(1, { a: '1', b: 'x' });
    counter.add(-1);
    counter.add(Number.NaN);
    at(3_000);
    expect(collected('c')).toMatchObject({
      type: 'sum',
      isMonotonic: true,
      unit: '{thing}',
      description: 'Things.',
      scope: { name: 'test', version: '1' },
      points: [
        { attributes: { a: 1, b: 'x' }, value: 5, startTimeMs: 1_000, timeMs: 3_000 },
        { attributes: { a: '1', b: 'x' }, value: 1, startTimeMs: 2_000 },
      ],
    });
  });

  test('lets an up-down counter fall and a gauge be replaced', () => {
    const { meter, collected } = setUp();
    const upDown = meter.createUpDownCounter('u');
    upDown.add(2);
    upDown.add(-5);
    const gauge = meter.createGauge('g');
    gauge.record(7);
    gauge.record(4);
    expect(collected('u')).toMatchObject({ isMonotonic: false, points: [{ value: -3 }] });
    expect(collected('g')).toMatchObject({ type: 'gauge', points: [{ value: 4 }] });
  });

  test('puts a value on a bound into the bucket below it', () => {
    const { meter, collected } = setUp();
    const histogram = meter.createHistogram('h', {
      advice: { explicitBucketBoundaries: [1, 2.5, 10] },
    });
    for (const value of [0, 1, 1.000001, 2.5, 10, 11, Number.POSITIVE_INFINITY]) {
      histogram.record(value);
    }
    const points = collected('h')?.points;
    expect(points).toMatchObject([{ count: 6, min: 0, max: 11, bucketCounts: [2, 2, 1, 1] }]);
    expect(points?.[0]).toMatchObject({ sum: expect.closeTo(25.500001, 9) });
  });

  test('reports an observable only where its callbacks observed it this time', () => {
    const { meter, collected } = setUp();
    let exchanges = ['binance', 'kraken'];
    const up = meter.createObservableGauge('up');
    const down = meter.createObservableCounter('down');
    up.addCallback((result) => {
      for (const exchange of exchanges) result.observe(1, { exchange });
    });
    meter.addBatchObservableCallback((result) => result.observe(down, 9), [down]);
    up.addCallback(() => {
      throw new Error('gone');
    });
    expect(collected('up')?.points.length).toBe(2);
    expect(collected('down')).toMatchObject({ points: [{ value: 9 }] });
    exchanges = ['kraken'];
    expect(collected('up')?.points).toMatchObject([{ attributes: { exchange: 'kraken' } }]);
    exchanges = [];
    expect(collected('up')).toBeUndefined();
  });

  test('gives the same instrument for the same name, and nothing before a measurement', () => {
    const { meter, provider, collected } = setUp();
    expect(meter.createCounter('c')).toBe(meter.createCounter('c'));
    expect(provider.getMeter('test', '1')).toBe(meter);
    expect(collected('c')).toBeUndefined();
  });

  test('bounds the series of an instrument and counts the rest as overflow', () => {
    const { meter, collected } = setUp();
    const counter = meter.createCounter('c');
    for (let id = 0; id < MAX_SERIES_COUNT - 1; id += 1) counter.add(1, { id });
    expect(collected('c')?.points.length).toBe(MAX_SERIES_COUNT - 1);
    counter.add(1, { id: 'one' });
    counter.add(1, { id: 'two' });
    counter.add(1, { id: 0 });
    const points = collected('c')?.points ?? [];
    expect(points.length).toBe(MAX_SERIES_COUNT);
    expect(points.at(-1)).toMatchObject({ attributes: { 'otel.metric.overflow': true }, value: 2 });
    expect(points[0]).toMatchObject({ attributes: { id: 0 }, value: 2 });
  });

  test('points an exemplar of each bucket at a sampled trace, a new one each second', () => {
    const { meter, collected, at } = setUp();
    const histogram = meter.createHistogram('h', { advice: { explicitBucketBoundaries: [1] } });
    const exemplars = () => collected('h')?.points[0]?.exemplars;
    const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
    histogram.record(0.1, {}, inSpan(TraceFlags.SAMPLED));
    at(1_999);
    histogram.record(0.2, {}, inSpan(TraceFlags.SAMPLED));
    expect(exemplars()).toEqual([{ value: 0.1, timeMs: 1_000, ...ids }]);
    at(2_000);
    histogram.record(0.3, {}, inSpan(TraceFlags.NONE));
    histogram.record(0.4, {}, inSpan(TraceFlags.SAMPLED));
    histogram.record(5, {}, ROOT_CONTEXT);
    expect(exemplars()).toEqual([{ value: 0.4, timeMs: 2_000, ...ids }]);
  });

  test('records in a series held as in the same series found anew', () => {
    const { meter, collected } = setUp();
    const histogram = meter.createHistogram('h') as HistogramInstrument;
    const counter = meter.createUpDownCounter('c') as NumberInstrument;
    histogram.recordIn(histogram.seriesOf({ a: 1 }), 5);
    histogram.record(7, { a: 1 });
    counter.seriesOf({ a: 1 }).value += 5;
    counter.add(-2, { a: 1 });
    expect(collected('h')?.points).toMatchObject([{ count: 2, sum: 12 }]);
    expect(collected('c')?.points).toMatchObject([{ value: 3 }]);
  });

  test.each([
    ['always_off', TraceFlags.SAMPLED, 0],
    ['always_on', TraceFlags.NONE, 1],
    ['trace_based', TraceFlags.NONE, 0],
  ] as const)('obeys the exemplar filter %s', (filter, flags, count) => {
    const { meter, collected } = setUp(filter);
    meter.createCounter('c').add(1, {}, inSpan(flags));
    expect(context.active()).toBeDefined();
    expect(collected('c')?.points[0]?.exemplars.length).toBe(count);
  });
});
