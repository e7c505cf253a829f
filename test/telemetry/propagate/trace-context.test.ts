import { expect, test } from 'bun:test';
import { ROOT_CONTEXT, type SpanContext, type TextMapPropagator, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { attributesGetter, recordSetter } from '../../../src/telemetry/propagate/carriers.ts';
import { createTraceContextPropagator } from '../../../src/telemetry/propagate/trace-context.ts';
import { emptyTraceState } from '../../../src/telemetry/propagate/trace-state.ts';

const TRACE = '12345678901234567890123456789012';
const PARENT = '1234567890123456';
const CHILD = 'abcdefabcdefabcd';

function extract(carrier: Record<string, unknown>, propagator = createTraceContextPropagator()) {
  return propagator.extract(ROOT_CONTEXT, carrier, attributesGetter);
}

function injected(
  span: Partial<SpanContext>,
  propagator: TextMapPropagator,
  context = ROOT_CONTEXT,
): Record<string, string> {
  const carrier: Record<string, string> = {};
  const spanContext = { traceId: TRACE, spanId: CHILD, traceFlags: 1, ...span };
  propagator.inject(trace.setSpanContext(context, spanContext), carrier, recordSetter);
  return carrier;
}

test('what comes in is a remote parent with flags and state', () => {
  const context = extract({ traceparent: `00-${TRACE}-${PARENT}-03`, tracestate: 'a=1' });
  const parent = trace.getSpanContext(context);
  expect(parent).toMatchObject({
    traceId: TRACE,
    spanId: PARENT,
    traceFlags: 3,
    isRemote: true,
  });
  expect(parent?.traceState?.get('a')).toBe('1');
});

test('header names are read in any case', () => {
  const context = extract({ TraceParent: `00-${TRACE}-${PARENT}-01`, TRACESTATE: 'a=1' });
  expect(trace.getSpanContext(context)?.traceState?.serialize()).toBe('a=1');
});

test('a traceparent that comes twice, or in two cases, restarts the trace', () => {
  const header = `00-${TRACE}-${PARENT}-01`;
  expect(extract({ traceparent: [header, header] })).toBe(ROOT_CONTEXT);
  expect(extract({ traceparent: header, Traceparent: header })).toBe(ROOT_CONTEXT);
  expect(trace.getSpanContext(extract({ traceparent: [header] }))?.traceId).toBe(TRACE);
});

test('several tracestate fields are one list in their order', () => {
  const context = extract({
    traceparent: `00-${TRACE}-${PARENT}-01`,
    tracestate: ['a=1,b=2', '', 'c=3'],
  });
  expect(trace.getSpanContext(context)?.traceState?.serialize()).toBe('a=1,b=2,c=3');
});

test('a bad tracestate is discarded and the parent kept; a bad parent discards both', () => {
  const kept = extract({ traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'a=1,B=2' });
  expect(trace.getSpanContext(kept)?.traceId).toBe(TRACE);
  expect(trace.getSpanContext(kept)?.traceState).toBeUndefined();
  expect(extract({ traceparent: 'nonsense', tracestate: 'a=1' })).toBe(ROOT_CONTEXT);
  expect(extract({ tracestate: 'a=1' })).toBe(ROOT_CONTEXT);
});

test('the child of a remote parent goes out under the same trace', () => {
  const traceState = emptyTraceState().set('a', '1');
  const carrier = injected({ traceState }, createTraceContextPropagator());
  expect(carrier).toEqual({ traceparent: `00-${TRACE}-${CHILD}-01`, tracestate: 'a=1' });
});

test('an empty tracestate is not sent', () => {
  const carrier = injected({ traceState: emptyTraceState() }, createTraceContextPropagator());
  expect(carrier).toEqual({ traceparent: `00-${TRACE}-${CHILD}-01` });
});

test.each([
  ['00', '00'],
  ['01', '00'],
  ['02', '02'],
  ['03', '02'],
])('flags %s of the parent keep their random bit on an unsampled child', (incoming, outgoing) => {
  const propagator = createTraceContextPropagator({ randomTraceIds: true });
  const context = extract({ traceparent: `00-${TRACE}-${PARENT}-${incoming}` }, propagator);
  const carrier = injected({ traceFlags: 0 }, propagator, context);
  expect(carrier['traceparent']).toBe(`00-${TRACE}-${CHILD}-${outgoing}`);
});

test('a trace that begins here is random when the option or the span says so', () => {
  const other = 'f'.repeat(32);
  const random = createTraceContextPropagator({ randomTraceIds: true });
  const plain = createTraceContextPropagator();
  const flagsOf = (carrier: Record<string, string>) => carrier['traceparent']?.slice(-2);
  expect(flagsOf(injected({ traceId: other }, random))).toBe('03');
  expect(flagsOf(injected({ traceId: other }, plain))).toBe('01');
  expect(flagsOf(injected({ traceId: other, traceFlags: 3 }, plain))).toBe('03');
  expect(flagsOf(injected({ traceId: other, isRemote: true }, random))).toBe('01');
  const continued = extract({ traceparent: `00-${TRACE}-${PARENT}-01` }, random);
  expect(flagsOf(injected({ traceId: other }, random, continued))).toBe('03');
});

test('nothing goes out without a valid span or while tracing is suppressed', () => {
  const propagator = createTraceContextPropagator();
  expect(injected({ traceId: '0'.repeat(32) }, propagator)).toEqual({});
  expect(injected({}, propagator, suppressTracing(ROOT_CONTEXT))).toEqual({});
  const carrier: Record<string, string> = {};
  propagator.inject(ROOT_CONTEXT, carrier, recordSetter);
  expect(carrier).toEqual({});
  expect(propagator.fields()).toEqual(['traceparent', 'tracestate']);
});
