/** The arithmetic of the scale model, with round numbers. */

import { describe, expect, test } from 'bun:test';
import {
  OBJECT_REQUESTS_PER_SECOND,
  type ScaleDemand,
  type ScaleMeasures,
  toScaleModel,
  USABLE_BYTES,
} from '../../bench/scale/model.ts';
import { CLOUDFLARE_PRICES, costOf } from '../../bench/scale/prices.ts';

const DEMAND: ScaleDemand = {
  symbolsCount: 1_000,
  exchangesCount: 10,
  updatesPerSecond: 10_000,
  targetLoadRatio: 0.5,
  opportunitiesPerSecond: 10,
  updatesPerIngest: null,
  alarmIntervalMs: 5_000,
  opportunitiesPerMessage: 10,
};

const MEASURES: ScaleMeasures = {
  baseCpuMsPerSecond: 100,
  cpuMicrosPerUpdate: 10,
  bytesPerMarket: 1_024,
  baseBytes: 0,
  rowsPerOpportunity: 4,
};

const model = (demand: Partial<ScaleDemand> = {}, measures: Partial<ScaleMeasures> = {}) =>
  toScaleModel({ ...DEMAND, ...demand }, { ...MEASURES, ...measures }, CLOUDFLARE_PRICES);

describe('shards', () => {
  test('are as many as keep each core at its load', () => {
    // 10,000 × 10 µs = 100 ms a second, and 400 ms of room.
    expect(model()).toMatchObject({ shardsCount: 1, bound: 'cpu', loadRatio: 0.2 });
    expect(model({ updatesPerSecond: 40_000 }).shardsCount).toBe(1);
    expect(model({ updatesPerSecond: 40_001 }).shardsCount).toBe(2);
  });

  test('are as many as hold the markets in memory', () => {
    const bytesPerMarket = USABLE_BYTES / 10_000;
    expect(model({}, { bytesPerMarket }).shardsCount).toBe(1);
    expect(model({}, { bytesPerMarket: bytesPerMarket * 1.01 })).toMatchObject({
      shardsCount: 2,
      bound: 'memory',
      symbolsPerShard: 500,
    });
  });

  test('are as many as take the requests of feeders', () => {
    const updatesPerSecond = OBJECT_REQUESTS_PER_SECOND + 1;
    expect(model({ updatesPerSecond, updatesPerIngest: 1 })).toMatchObject({
      shardsCount: 2,
      bound: 'requests',
    });
  });

  test('cannot be told when the engine alone uses the core', () => {
    expect(() => model({ targetLoadRatio: 0.1 })).toThrow('targetLoadRatio');
  });
});

describe('a month', () => {
  test('costs what is used beyond what is included', () => {
    const { costs, monthlyCost } = model();
    // One object: 2,628,000 s × 0.128 GB = 336,384 GB-s, less than the 400,000 that are included.
    expect(costs.objectGbSeconds).toBe(0);
    // 26,280,000 opportunities × 4 rows + 525,600 alarms − 50,000,000, at $1 a million.
    expect(costs.rowsWritten).toBeCloseTo(55.6456, 4);
    // 2,628,000 messages × 3 − 1,000,000, at $0.40 a million.
    expect(costs.queueOperations).toBeCloseTo(2.7536, 4);
    expect(monthlyCost).toBeCloseTo(5 + 55.6456 + 2.7536, 4);
  });

  test('pays each request of a feeder twice, to the Worker and to its object', () => {
    const { costs } = model({ updatesPerIngest: 100 });
    // 100 a second: 262,800,000 and the calls of the queue's consumer.
    expect(costs.workerRequests).toBeCloseTo((262.8 + 2.628 - 10) * 0.3, 4);
    expect(costs.objectRequests).toBeCloseTo((262.8 + 0.5256 - 1) * 0.15, 4);
  });

  test('never costs less than nothing', () => {
    expect(costOf({ included: 10, perMillion: 1 }, 5)).toBe(0);
  });
});
