import { describe, expect, test } from 'bun:test';
import {
  BACKOFF_CAP_MS,
  backoffDelayMs,
  parseRetryAfterMs,
  RETRY_AFTER_CAP_MS,
} from '../../../src/feed/drivers/ccxt/backoff.ts';

describe('the wait before the next attempt', () => {
  test('its ceiling doubles from a second up to the cap', () => {
    const ceilings = [1, 2, 3, 6, 7, 8, 2_000].map((failures) =>
      backoffDelayMs(failures, null, () => 0.999_999),
    );
    expect(ceilings).toEqual([999, 1_999, 3_999, 31_999, 59_999, 59_999, 59_999]);
    expect(backoffDelayMs(7, null, () => 0.5)).toBe(BACKOFF_CAP_MS / 2);
  });

  test('it is anywhere between nothing and the ceiling', () => {
    expect(backoffDelayMs(3, null, () => 0)).toBe(0);
    expect(backoffDelayMs(3, null, () => 0.25)).toBe(1_000);
  });

  test('it is never shorter than the exchange asked for, up to a day', () => {
    expect(backoffDelayMs(1, 5_000, () => 0.5)).toBe(5_000);
    expect(backoffDelayMs(5, 5_000, () => 0.5)).toBe(8_000);
    expect(backoffDelayMs(1, RETRY_AFTER_CAP_MS, () => 0)).toBe(RETRY_AFTER_CAP_MS);
    expect(backoffDelayMs(1, RETRY_AFTER_CAP_MS + 1, () => 0)).toBe(RETRY_AFTER_CAP_MS);
  });
});

describe('Retry-After', () => {
  const nowMs = Date.parse('2026-03-01T12:00:00Z');

  test('is read as seconds and as a date, which may have passed', () => {
    expect(parseRetryAfterMs('7', nowMs)).toBe(7_000);
    expect(parseRetryAfterMs(' 0 ', nowMs)).toBe(0);
    expect(parseRetryAfterMs('Sun, 01 Mar 2026 12:01:30 GMT', nowMs)).toBe(90_000);
    expect(parseRetryAfterMs('Sun, 01 Mar 2026 11:00:00 GMT', nowMs)).toBe(0);
  });

  test('is nothing when it is absent or unreadable', () => {
    expect(parseRetryAfterMs(null, nowMs)).toBeNull();
    expect(parseRetryAfterMs('soon', nowMs)).toBeNull();
    expect(parseRetryAfterMs('', nowMs)).toBeNull();
  });
});
