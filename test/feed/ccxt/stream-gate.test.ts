import { describe, expect, test } from 'bun:test';
import { StreamGate } from '../../../src/feed/drivers/ccxt/stream-gate.ts';

describe('streams that fail while requests succeed', () => {
  test('are left alone after the third failure in a row, and once tried again after the first', () => {
    const gate = new StreamGate(1_000);
    expect(gate.failed('exchange_network', 10)).toBe(false);
    expect(gate.failed('exchange_timeout', 20)).toBe(false);
    expect(gate.waitMs(20)).toBe(0);
    expect(gate.failed('exchange_network', 30)).toBe(true);
    expect(gate.waitMs(30)).toBe(1_000);
    expect(gate.waitMs(1_029)).toBe(1);
    expect(gate.waitMs(1_030)).toBe(0);
    expect(gate.failed('exchange_network', 1_040)).toBe(true);
    expect(gate.waitMs(2_039)).toBe(1);
    gate.streamed();
    expect(gate.failed('exchange_network', 2_040)).toBe(false);
  });

  test('are not blamed when an update came, a request failed too, or it was not the connection', () => {
    const gate = new StreamGate(1_000);
    for (const forgive of [() => gate.streamed(), () => gate.requestFailed()]) {
      gate.failed('exchange_network', 0);
      gate.failed('exchange_network', 0);
      forgive();
      expect(gate.failed('exchange_network', 0)).toBe(false);
      forgive();
    }
    for (let turn = 0; turn < 5; turn += 1) {
      expect(gate.failed('exchange_bad_data', 0)).toBe(false);
    }
    expect(gate.waitMs(0)).toBe(0);
  });
});
