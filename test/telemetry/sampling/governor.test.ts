import { expect, test } from 'bun:test';
import { calibrateSpanCosts } from '../../../src/telemetry/sampling/calibrate.ts';
import { createEventLoopMonitor } from '../../../src/telemetry/sampling/event-loop.ts';
import { createGovernor, type GovernorOptions } from '../../../src/telemetry/sampling/governor.ts';
import { ALWAYS_THRESHOLD, toThreshold } from '../../../src/telemetry/sampling/threshold.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createManualClock } from './support.ts';

const COSTS = { unsampled: 100, recorded: 1000, exported: 1000 };

/** A program that wants `spansPerSecond` spans and keeps the governed share of them. */
function setUp(options: Partial<GovernorOptions> = {}) {
  const clock = createManualClock();
  const governor = createGovernor({ clock, costs: COSTS, ...options });
  const runSecond = (spansPerSecond: number) => {
    const share = governor.govern(ALWAYS_THRESHOLD)?.probability ?? 0;
    const keptCount = Math.round(spansPerSecond * share);
    for (let index = 0; index < spansPerSecond; index += 1) {
      clock.nowMs += 1000 / spansPerSecond;
      if (index >= keptCount) governor.count('unsampled');
      else {
        governor.count('recorded');
        governor.count('exported');
      }
    }
    clock.nowMs = Math.round(clock.nowMs);
    governor.update();
    return governor.stats();
  };
  return { clock, governor, runSecond };
}

test('within the budget everything is kept', () => {
  const { governor, runSecond } = setUp();
  for (let second = 0; second < 10; second += 1) {
    expect(runSecond(4000).shareRatio).toBe(1);
  }
  expect(governor.govern(ALWAYS_THRESHOLD)).toBe(ALWAYS_THRESHOLD);
  expect(governor.stats().usedRatio).toBeCloseTo(0.008, 4);
});

test('above the budget the share falls, and cost stays under the budget from then on', () => {
  const { runSecond } = setUp();
  expect(runSecond(20_000).usedRatio).toBeCloseTo(0.04, 3);
  for (let second = 0; second < 20; second += 1) {
    const stats = runSecond(20_000);
    expect(stats.usedRatio).toBeLessThanOrEqual(0.01);
    expect(stats.usedRatio).toBeGreaterThan(0.005);
    expect(stats.isOff).toBe(false);
  }
});

test('a probability under the governor stays a probability: shares multiply', () => {
  const { governor, runSecond } = setUp();
  const share = runSecond(20_000).shareRatio;
  const half = toThreshold(0.5) ?? ALWAYS_THRESHOLD;
  expect(governor.govern(half)?.probability).toBeCloseTo(share / 2, 4);
  expect(governor.govern(half)).toBe(governor.govern(half));
});

test('after the load the share comes back slowly, and not before two calm intervals', () => {
  const { runSecond } = setUp();
  const low = runSecond(40_000).shareRatio;
  expect(low).toBeLessThan(0.15);
  expect(runSecond(1000).shareRatio).toBe(low);
  const raised = runSecond(1000).shareRatio;
  expect(raised).toBeGreaterThan(low);
  expect(raised).toBeLessThanOrEqual(2 * low);
  for (let second = 0; second < 10; second += 1) runSecond(1000);
  expect(runSecond(1000).shareRatio).toBe(1);
});

test('between calm and full the share does not move', () => {
  const { runSecond } = setUp();
  const share = runSecond(20_000).shareRatio;
  for (let second = 0; second < 10; second += 1) {
    expect(runSecond(20_000).shareRatio).toBeCloseTo(share, 2);
  }
});

test('when even unsampled spans break the budget it goes off, and comes back small after five calm intervals', () => {
  const { governor, runSecond } = setUp();
  for (let second = 0; second < 5 && !governor.isOff; second += 1) runSecond(150_000);
  expect(governor.stats()).toMatchObject({ isOff: true, shareRatio: 0, offCount: 1 });
  expect(governor.govern(ALWAYS_THRESHOLD)).toBeNull();
  for (let second = 0; second < 4; second += 1) expect(runSecond(1000).isOff).toBe(true);
  expect(runSecond(1000)).toMatchObject({ isOff: false, shareRatio: 1 / 16 });
});

test('an interval of load begins the wait anew', () => {
  const { governor, runSecond } = setUp();
  for (let second = 0; second < 5 && !governor.isOff; second += 1) runSecond(150_000);
  for (let second = 0; second < 4; second += 1) runSecond(1000);
  expect(runSecond(150_000).isOff).toBe(true);
  for (let second = 0; second < 4; second += 1) expect(runSecond(1000).isOff).toBe(true);
  expect(runSecond(1000).isOff).toBe(false);
});

test('a queue that fills lowers the share: 80 % is full pressure', () => {
  let fill = 0.8;
  const { runSecond } = setUp({ queueFillRatio: () => fill });
  expect(runSecond(100)).toMatchObject({ pressure: 1, shareRatio: 1 });
  fill = 0.96;
  expect(runSecond(100).shareRatio).toBeCloseTo(2 / 3, 5);
  fill = 0;
  for (let second = 0; second < 6; second += 1) runSecond(100);
  expect(runSecond(100).shareRatio).toBe(1);
});

test('a late event loop lowers the share, and four times the limit twice in a row switches off', () => {
  let lagMs = 400;
  const { runSecond } = setUp({ eventLoopLagMs: () => lagMs, maxEventLoopLagMs: 200 });
  expect(runSecond(100).shareRatio).toBeCloseTo(0.4, 5);
  for (const [nextMs, isOff] of [
    [800, false],
    [799, false],
    [800, false],
    [800, true],
  ] as const) {
    lagMs = nextMs;
    expect(runSecond(100).isOff).toBe(isOff);
  }
});

test('one pause lowers the share, and it comes back', () => {
  let lagMs = 5_000;
  const { runSecond } = setUp({ eventLoopLagMs: () => lagMs, maxEventLoopLagMs: 200 });
  expect(runSecond(100)).toMatchObject({ isOff: false, shareRatio: 0.8 / 25 });
  lagMs = 0;
  for (let second = 0; second < 12; second += 1) runSecond(100);
  expect(runSecond(100)).toMatchObject({ shareRatio: 1, offCount: 0 });
});

test('spans that take longer where they happen cost more, of the kinds that were measured', () => {
  let spanNs: number | null = null;
  const kinds = ['recorded', 'exported'] as const;
  const { runSecond } = setUp({ measured: { spanNs: () => spanNs, kinds } });
  expect(runSecond(1_000)).toMatchObject({ costsNs: COSTS, shareRatio: 1 });
  spanNs = 10_000;
  for (let second = 0; second < 30; second += 1) runSecond(1_250);
  const { costsNs, shareRatio, usedRatio } = runSecond(1_250);
  expect(costsNs.unsampled).toBe(100);
  expect(costsNs.recorded).toBeCloseTo(5_000, -1);
  expect(costsNs.exported).toBeCloseTo(5_000, -1);
  expect(usedRatio).toBeLessThan(0.01);
  // 12.5 ms a second are wanted, and the budget is 10.
  expect(shareRatio).toBeWithin(0.6, 0.8);
});

test('spans that were interrupted cost twenty times as much at most, and no span less than was calibrated', () => {
  let spanNs = 1e9;
  const { runSecond } = setUp({ measured: { spanNs: () => spanNs, kinds: ['recorded'] } });
  for (let second = 0; second < 30; second += 1) runSecond(10);
  expect(runSecond(10).costsNs.recorded).toBeCloseTo(20 * COSTS.recorded, -1);
  expect(runSecond(10).costsNs.exported).toBe(COSTS.exported);
  spanNs = 1;
  for (let second = 0; second < 30; second += 1) runSecond(10);
  expect(runSecond(10).costsNs.recorded).toBeCloseTo(COSTS.recorded, 0);
});

test('cost is compared with CPU time where that can be read', () => {
  let cpuMs = 0;
  const { governor, clock } = setUp({ cpuTimeMs: () => cpuMs });
  for (let index = 0; index < 100; index += 1) governor.count('exported');
  clock.nowMs += 1000;
  cpuMs += 10;
  governor.update();
  expect(governor.stats().usedRatio).toBeCloseTo(0.01, 6);
});

test('a clock or CPU time that stands still brings no judgement', () => {
  const { governor, clock } = setUp({ cpuTimeMs: () => 5 });
  for (let index = 0; index < 10_000; index += 1) governor.count('exported');
  clock.nowMs += 10_000;
  governor.update();
  expect(governor.stats()).toMatchObject({ usedRatio: 0, shareRatio: 1 });
  const frozen = setUp();
  for (let index = 0; index < 10_000; index += 1) frozen.governor.count('exported');
  expect(frozen.governor.stats()).toMatchObject({ usedRatio: 0, shareRatio: 1 });
  expect(frozen.governor.stats().counts.exported).toBe(10_000);
});

test('a budget is above 0 and at most 1; 1 is no limit', () => {
  const clock = createManualClock();
  for (const bad of [0, -0.01, 1.01, Number.NaN]) {
    expect(() => createGovernor({ clock, budgetRatio: bad })).toThrow(RangeError);
  }
  const { runSecond } = setUp({ budgetRatio: 1 });
  expect(runSecond(500_000).shareRatio).toBe(1);
});

test('calibration takes the median batch of each kind: pauses do not count, nor does a lucky one', () => {
  const clock = createManualClock();
  const costsNs = { unsampled: 100, recorded: 1_000, exported: 2_000 };
  // Of five batches one is lucky, and one was interrupted.
  const slownesses = [1_000, 1, 1.2, 0.4, 0.9];
  const batchCount = 10;
  const work = (kind: keyof typeof costsNs) => {
    let spansCount = 0;
    return () => {
      const slowness = slownesses[Math.floor(spansCount / batchCount)] ?? Number.NaN;
      spansCount += 1;
      clock.nowMs += (costsNs[kind] * slowness) / 1e6;
    };
  };
  const costs = calibrateSpanCosts(
    { unsampled: work('unsampled'), recorded: work('recorded'), exported: work('exported') },
    { clock, batchCount, batchesCount: slownesses.length },
  );
  expect(costs.unsampled).toBeCloseTo(100, 3);
  expect(costs.recorded).toBeCloseTo(1000, 3);
  expect(costs.exported).toBeCloseTo(2000, 3);
});

test('where the clock stands still calibration keeps the defaults', () => {
  const idle = () => {};
  const work = { unsampled: idle, recorded: idle, exported: idle };
  const costs = calibrateSpanCosts(work, { clock: createManualClock() });
  expect(costs).toEqual({ unsampled: 250, recorded: 900, exported: 2100 });
});

test('the event loop monitor gives the largest lateness since it was read', async () => {
  const fake = createFakeClock();
  let extraMs = 0;
  const clock = { ...fake, monotonicMs: () => fake.monotonicMs() + extraMs };
  const monitor = createEventLoopMonitor(clock, 100);
  await fake.advance(100);
  expect(monitor.takeLagMs()).toBe(0);
  await fake.advance(50);
  extraMs += 70;
  await fake.advance(100);
  expect(monitor.takeLagMs()).toBe(70);
  expect(monitor.takeLagMs()).toBe(0);
  monitor.close();
  await fake.advance(1000);
  expect(monitor.takeLagMs()).toBe(0);
});

test('the event loop monitor does not look while a program starts', async () => {
  const fake = createFakeClock();
  let extraMs = 0;
  const clock = { ...fake, monotonicMs: () => fake.monotonicMs() + extraMs };
  const monitor = createEventLoopMonitor(clock, 100, 1_000);
  extraMs += 900;
  await fake.advance(1_000);
  expect(monitor.takeLagMs()).toBe(0);
  extraMs += 30;
  await fake.advance(100);
  expect(monitor.takeLagMs()).toBe(30);
  monitor.close();
});
