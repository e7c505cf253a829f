import { expect, test } from 'bun:test';
import { parseTraceState } from '../../../src/telemetry/propagate/trace-state.ts';
import {
  randomnessOf,
  readOtelState,
  thresholdOf,
  withThreshold,
} from '../../../src/telemetry/sampling/otel-state.ts';
import { toThreshold } from '../../../src/telemetry/sampling/threshold.ts';

const TRACE = `${'1'.repeat(18)}80000000000000`;
const state = (header: string) => parseTraceState(header) ?? undefined;

test('threshold, randomness and other parts are read', () => {
  const read = readOtelState(state('ot=p:8;th:c;rv:0123456789abcd;x1:a.b,other=1'));
  expect(read.threshold?.text).toBe('c');
  expect(read.randomness).toBe('0123456789abcd');
  expect(read.others).toEqual(['p:8', 'x1:a.b']);
});

test.each([
  ['no member', 'other=1'],
  ['a part without a colon', 'ot=th'],
  ['a key that starts with a digit', 'ot=1a:b;th:c'],
  ['a character that no value has', 'ot=th:c;x:a/b'],
])('%s says nothing', (_title, header) => {
  expect(readOtelState(state(header))).toEqual({ threshold: null, randomness: null, others: [] });
});

test('a threshold or randomness that is not one is left out alone', () => {
  expect(readOtelState(state('ot=th:xyz;rv:0123456789abcd')).threshold).toBeNull();
  expect(readOtelState(state('ot=th:c;rv:0123456789abc')).randomness).toBeNull();
  expect(readOtelState(state('ot=th:c;rv:0123456789abc')).threshold?.text).toBe('c');
});

test('the threshold is written first and what else stands there stays', () => {
  const half = toThreshold(0.5);
  expect(withThreshold(undefined, half)?.serialize()).toBe('ot=th:8');
  const before = state('a=1,ot=rv:0123456789abcd;th:c;k:v');
  expect(withThreshold(before, half)?.serialize()).toBe('ot=th:8;rv:0123456789abcd;k:v,a=1');
  expect(withThreshold(before, null)?.serialize()).toBe('ot=rv:0123456789abcd;k:v,a=1');
  expect(withThreshold(state('ot=th:c,a=1'), null)?.serialize()).toBe('a=1');
  expect(withThreshold(undefined, null)).toBeUndefined();
});

test('the member stays within 256 characters by leaving out its last parts', () => {
  const fits = `k:${'v'.repeat(256 - 'th:8;k:'.length)}`;
  const written = withThreshold(state(`ot=${fits}`), toThreshold(0.5));
  expect(written?.get('ot')).toHaveLength(256);
  const tooLong = withThreshold(state(`ot=${fits}v`), toThreshold(0.5));
  expect(tooLong?.get('ot')).toBe('th:8');
});

test('explicit randomness replaces that of the trace id', () => {
  expect(randomnessOf(TRACE, undefined)).toBe('80000000000000');
  expect(randomnessOf(TRACE, state('a=1'))).toBe('80000000000000');
  expect(randomnessOf(TRACE, state('ot=rv:00000000000001'))).toBe('00000000000001');
});

test.each([
  ['sampled above its threshold', 1, 'ot=th:8', '8'],
  ['sampled below its threshold', 1, 'ot=th:81', null],
  ['not sampled below its threshold', 0, 'ot=th:81', '81'],
  ['not sampled above its threshold', 0, 'ot=th:8', null],
  ['sampled by explicit randomness', 1, 'ot=th:9;rv:a0000000000000', '9'],
  ['sampled without a threshold', 1, 'a=1', null],
])('a span %s is believed only if that can be', (_title, traceFlags, header, text) => {
  const traceState = state(header);
  const span = { traceId: TRACE, spanId: '1'.repeat(16), traceFlags };
  const found = thresholdOf({ ...span, ...(traceState !== undefined && { traceState }) });
  expect(found?.text ?? null).toBe(text);
});
