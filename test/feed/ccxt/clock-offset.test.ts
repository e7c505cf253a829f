import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { judgeQuote } from '../../../src/detect/guards.ts';
import { createMarketState } from '../../../src/detect/market-state.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { estimateClockOffsetMs } from '../../../src/feed/drivers/ccxt/clock-offset.ts';
import { createReferenceKernel } from '../../../src/kernel/reference.ts';
import { market, quote, START_MS } from '../../support/markets.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import { BTC, type Harness, startHarness, until } from './harness.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

let harness: Harness | null = null;

afterEach(async () => {
  await harness?.close();
  harness = null;
});

describe('the offset of an exchange’s clock', () => {
  test('is told by the sample of the shortest round trip, halfway', () => {
    expect(estimateClockOffsetMs([])).toBeNull();
    const samples = [
      { serverTimeMs: 10_500, receivedAtMs: 10_000, roundTripMs: 400 },
      { serverTimeMs: 10_300, receivedAtMs: 10_010, roundTripMs: 20 },
      { serverTimeMs: 99_999, receivedAtMs: 10_020, roundTripMs: 21 },
    ];
    expect(estimateClockOffsetMs(samples)).toBe(300);
  });

  test('is measured on every exchange that says its time, and shown', async () => {
    // Our clock five seconds behind that of the exchanges.
    const clock = { ...systemClock, nowMs: () => Date.now() - 5_000 };
    harness = startHarness({ feed: { clock } });
    const { read, status, servers } = harness;
    for (const server of Object.values(servers)) server.setBook(BTC, [[100, 1]], [[101, 2]]);
    await read();
    const ids = ['binance', 'bybit', 'poloniex'];
    await until('three offsets', () => ids.every((id) => status(id).clockOffsetMs !== null));
    for (const id of ids)
      expect(Math.abs((status(id).clockOffsetMs ?? 0) - 5_000)).toBeLessThan(500);
  });
});

describe('the age of what comes in', () => {
  const kernel = createReferenceKernel({
    symbolsCount: 1,
    exchangesCount: 2,
    bookSlotsCount: 2,
    bookLevelsCount: 5,
  });
  const LIMITS = { maxAgeMs: 1_000, maxFutureMs: 100 };
  const judgeAfter = (offsetMs: number | null, exchangeTimeMs: number) => {
    const state = createMarketState(kernel, null);
    state.setMarkets([market('a', 'X/Y')]);
    if (offsetMs !== null) state.setClockOffset('a', offsetMs);
    state.apply([quote('a', 'X/Y', 1, 2, { exchangeTimeMs })], []);
    return judgeQuote(state.record('a', 'X/Y')?.quote ?? null, START_MS, LIMITS);
  };

  test('is counted on our clock once the offset is known', () => {
    expect(judgeAfter(null, START_MS + 3_000)).toBe('from_future');
    expect([3_100, 3_101].map((aheadMs) => judgeAfter(3_000, START_MS + aheadMs))).toEqual([
      null,
      'from_future',
    ]);
    expect([-4_000, -4_001].map((aheadMs) => judgeAfter(-3_000, START_MS + aheadMs))).toEqual([
      null,
      'stale',
    ]);
  });

  test('leaves quotes without an exchange time and other exchanges alone', () => {
    const state = createMarketState(kernel, null);
    state.setMarkets([market('a', 'X/Y'), market('b', 'X/Y')]);
    state.setClockOffset('a', 3_000);
    const untimed = quote('a', 'X/Y', 1, 2);
    const other = quote('b', 'X/Y', 1, 2, { exchangeTimeMs: START_MS });
    state.apply([untimed, other], []);
    expect(state.recordsOf('X/Y').map((record) => record.quote)).toEqual([untimed, other]);
  });
});
