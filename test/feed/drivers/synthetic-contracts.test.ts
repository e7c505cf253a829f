import { describe, expect, test } from 'bun:test';
import { quarterlyExpiryMs } from '../../../src/feed/drivers/synthetic/contracts.ts';
import { createSyntheticEngine, STEP_MS } from '../../../src/feed/drivers/synthetic/engine.ts';
import { createSyntheticRecording } from '../../../src/feed/drivers/synthetic/synthetic-recording.ts';
import { parseRecordingLine } from '../../../src/feed/recording/parse-line.ts';

const START_MS = Date.UTC(2026, 10, 20, 14);
const SHAPE = { seed: 7, exchangesCount: 4, symbolsCount: 6, updatesPerSecond: 400 };
const ALL = { fromMs: START_MS, kinds: ['perpetual', 'dated'] as const };
const HOUR_MS = 3_600_000;

describe('contracts of the synthetic market', () => {
  test('are listed after spot, which is the same with and without them', () => {
    const plain = createSyntheticEngine(SHAPE).plans;
    const { plans } = createSyntheticEngine({ ...SHAPE, contracts: ALL });
    expect(plans.slice(0, plain.length).map(({ market }) => market)).toEqual(
      plain.map(({ market }) => market),
    );
    const contracts = plans.slice(plain.length).map(({ market }) => market);
    expect(new Set(contracts.map(({ contract }) => contract?.kind))).toEqual(
      new Set(['perpetual', 'dated']),
    );
    expect(contracts.map(({ symbol }) => symbol)).toContain('BTC/USDT:USDT-261225');
  });

  test('are of the kinds that were asked for', () => {
    const { plans } = createSyntheticEngine({
      ...SHAPE,
      contracts: { fromMs: START_MS, kinds: ['dated'] },
    });
    const kinds = plans.flatMap(({ market }) => market.contract?.kind ?? []);
    expect(new Set(kinds)).toEqual(new Set(['dated']));
  });

  test('tell funding in intervals of 1, 4 and 8 hours, the next payment ahead', () => {
    const engine = createSyntheticEngine({ ...SHAPE, contracts: ALL });
    engine.step(START_MS);
    const funding = engine.funding(START_MS);
    const hours = new Set(funding.map(({ intervalMs }) => (intervalMs ?? 0) / HOUR_MS));
    expect(hours).toEqual(new Set([1, 4, 8]));
    for (const { nextFundingAtMs, intervalMs } of funding) {
      const aheadMs = (nextFundingAtMs ?? 0) - START_MS;
      expect(aheadMs).toBeGreaterThan(0);
      expect(aheadMs).toBeLessThanOrEqual(intervalMs ?? 0);
    }
    engine.step(START_MS + STEP_MS);
    expect(engine.funding(START_MS + STEP_MS)).toEqual([]);
  });

  test('stand in recordings, funding too', () => {
    const options = { ...SHAPE, contracts: ALL, startMs: START_MS, durationMs: 50 };
    const lines = [...createSyntheticRecording(options)].map((line) => parseRecordingLine(line));
    expect(lines.filter(({ type }) => type === 'funding').length).toBeGreaterThan(4);
    expect([...createSyntheticRecording(options)]).toEqual([...createSyntheticRecording(options)]);
  });

  test('expire on the last Friday of a quarter at 08:00 UTC', () => {
    expect(quarterlyExpiryMs(Date.UTC(2026, 0, 1))).toBe(Date.UTC(2026, 2, 27, 8));
    expect(quarterlyExpiryMs(Date.UTC(2026, 2, 27, 8))).toBe(Date.UTC(2026, 2, 27, 8));
    expect(quarterlyExpiryMs(Date.UTC(2026, 2, 27, 8) + 1)).toBe(Date.UTC(2026, 5, 26, 8));
    expect(quarterlyExpiryMs(Date.UTC(2026, 11, 26))).toBe(Date.UTC(2027, 2, 26, 8));
  });
});
