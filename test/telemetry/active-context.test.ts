import { expect, test } from 'bun:test';
import { createContextKey, INVALID_SPAN_CONTEXT, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { withActiveSpan } from '../../src/telemetry/active-context.ts';

const KEY = createContextKey('key');
const OTHER = createContextKey('other');
const first = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
const second = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

test('shows its span, and what its parent holds', () => {
  const active = withActiveSpan(ROOT_CONTEXT.setValue(KEY, 1), first);
  expect(trace.getSpan(active)).toBe(first);
  expect(active.getValue(KEY)).toBe(1);
  expect(active.getValue(OTHER)).toBeUndefined();
  expect(trace.getSpan(withActiveSpan(active, second))).toBe(second);
  expect(withActiveSpan(active, second).getValue(KEY)).toBe(1);
});

test('takes and loses values as a context of the API does, and stays as it was', () => {
  const active = withActiveSpan(ROOT_CONTEXT.setValue(KEY, 1), first);
  const richer = active.setValue(OTHER, 2);
  expect([trace.getSpan(richer), richer.getValue(KEY), richer.getValue(OTHER)]).toEqual([
    first,
    1,
    2,
  ]);
  const poorer = active.deleteValue(KEY);
  expect([trace.getSpan(poorer), poorer.getValue(KEY)]).toEqual([first, undefined]);
  expect(trace.getSpan(trace.deleteSpan(active))).toBeUndefined();
  expect(trace.deleteSpan(active).getValue(KEY)).toBe(1);
  expect(trace.getSpan(trace.setSpan(active, second))).toBe(second);
  expect([active.getValue(OTHER), active.getValue(KEY)]).toEqual([undefined, 1]);
});
