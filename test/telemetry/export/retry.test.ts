import { describe, expect, test } from 'bun:test';
import { toSignalUrl } from '../../../src/telemetry/export/endpoint.ts';
import {
  DEFAULT_BACKOFF,
  isRetryableStatus,
  parseRetryAfterMs,
  toBackoffMs,
} from '../../../src/telemetry/export/retry.ts';
import { toUserAgent } from '../../../src/telemetry/export/user-agent.ts';

test('exactly four statuses are retryable', () => {
  const statuses = Array.from({ length: 600 }, (_, status) => status);
  expect(statuses.filter(isRetryableStatus)).toEqual([429, 502, 503, 504]);
});

describe('backoff', () => {
  test('grows by half and stops growing', () => {
    const waits = [1, 2, 3, 4, 5, 6].map((n) => toBackoffMs(DEFAULT_BACKOFF, n, 0.5));
    expect(waits).toEqual([1_000, 1_500, 2_250, 3_375, 5_000, 5_000]);
  });

  test('has a jitter of a fifth to both sides', () => {
    expect(toBackoffMs(DEFAULT_BACKOFF, 1, 0)).toBe(800);
    expect(toBackoffMs(DEFAULT_BACKOFF, 1, 0.999_999)).toBeCloseTo(1_200, 2);
  });
});

describe('Retry-After', () => {
  const nowMs = Date.UTC(2026, 10, 20, 12, 0, 0);
  const cases: ReadonlyArray<readonly [string | null, number | null]> = [
    ['0', 0],
    ['120', 120_000],
    [' 5 ', 5_000],
    ['Fri, 20 Nov 2026 12:00:07 GMT', 7_000],
    ['Friday, 20-Nov-26 12:00:07 GMT', 7_000],
    ['Fri Nov 20 12:00:07 2026 GMT', 7_000],
    ['Fri, 20 Nov 2026 11:00:00 GMT', 0],
    ['-1', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
    [null, null],
  ];
  for (const [header, waitMs] of cases) {
    test(`${JSON.stringify(header)} asks for ${waitMs}`, () => {
      expect(parseRetryAfterMs(header, nowMs)).toBe(waitMs);
    });
  }
});

test('a signal is appended to the path of a common endpoint', () => {
  expect(toSignalUrl('http://localhost:4318', 'traces')).toBe('http://localhost:4318/v1/traces');
  expect(toSignalUrl('https://host/api/org/', 'logs')).toBe('https://host/api/org/v1/logs');
  expect(toSignalUrl('https://host/otlp?key=1', 'metrics')).toBe(
    'https://host/otlp/v1/metrics?key=1',
  );
});

test('the User-Agent has the form of the specification, with or without a product', () => {
  expect(toUserAgent()).toMatch(/^OTel-OTLP-Exporter-JavaScript\/\d+\.\d+\.\d+$/);
  expect(toUserAgent('A/1')).toBe(`A/1 ${toUserAgent()}`);
});
