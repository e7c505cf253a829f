import { expect, test } from 'bun:test';
import { propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { BAGGAGE } from '../../../src/telemetry/names.ts';
import {
  createBaggagePropagator,
  setBaggageValues,
} from '../../../src/telemetry/propagate/baggage.ts';
import {
  formatBaggageHeader,
  MAX_BAGGAGE_BYTES,
  parseBaggageHeader,
} from '../../../src/telemetry/propagate/baggage-header.ts';
import { createBaggageSpanProcessor } from '../../../src/telemetry/propagate/baggage-span-processor.ts';
import { attributesGetter, recordSetter } from '../../../src/telemetry/propagate/carriers.ts';

const propagator = createBaggagePropagator();

function entriesAfter(baggage: string | string[]): Record<string, string> {
  const context = propagator.extract(ROOT_CONTEXT, { baggage }, attributesGetter);
  const entries = propagation.getBaggage(context)?.getAllEntries() ?? [];
  return Object.fromEntries(entries.map(([key, entry]) => [key, entry.value]));
}

test('members are read with their escapes, whitespace and properties', () => {
  expect(parseBaggageHeader(' a = 1 ;p=q;r , b=%C3%A9%2C ,c=')).toEqual([
    ['a', '1'],
    ['b', 'é,'],
    ['c', ''],
  ]);
});

test.each([
  ['no equals sign', 'a'],
  ['an empty key', '=1'],
  ['a space in the key', 'a b=1'],
  ['a quotation mark in the value', 'a="1"'],
  ['a backslash in the value', 'a=\\'],
  ['a letter beyond ASCII', 'a=é'],
  ['a broken escape', 'a=%zz'],
  ['an escape that is not UTF-8', 'a=%ff'],
])('%s: the member is left out, the others stay', (_title, member) => {
  expect(parseBaggageHeader(`${member},z=9`)).toEqual([['z', '9']]);
});

test('64 members are read, 65 are not', () => {
  const header = (count: number) => Array.from({ length: count }, (_, i) => `k${i}=1`).join(',');
  expect(parseBaggageHeader(header(64))).toHaveLength(64);
  expect(parseBaggageHeader(header(65))).toEqual([]);
});

test('8,192 bytes are read, one more is not', () => {
  const header = 'a=1,b='.padEnd(MAX_BAGGAGE_BYTES, 'x');
  expect(parseBaggageHeader(header)).toHaveLength(2);
  expect(parseBaggageHeader(`${header}x`)).toEqual([]);
});

test('what is written stays within 64 members and 8,192 bytes', () => {
  const many = Array.from({ length: 70 }, (_, i) => [`k${i}`, '1'] as const);
  expect(formatBaggageHeader(many).split(',')).toHaveLength(64);
  const exact = ['k', 'x'.repeat(MAX_BAGGAGE_BYTES - 2)] as const;
  expect(formatBaggageHeader([exact])).toHaveLength(MAX_BAGGAGE_BYTES);
  expect(formatBaggageHeader([['k', 'x'.repeat(MAX_BAGGAGE_BYTES - 1)]])).toBe('');
  expect(
    formatBaggageHeader([
      ['bad key', '1'],
      ['k', '\ud800'],
      ['z', 'é/,'],
    ]),
  ).toBe('z=%C3%A9%2F%2C');
});

test('only the four keys enter, and only with values of their form', () => {
  const header = [
    'crypto.workflow_id=wf-1',
    'crypto.exchange=binance',
    'crypto.symbol=BTC%2FUSDT',
    'crypto.processing_stage=detect',
    'user.email=a%40b.c',
    'crypto.secret=1',
  ].join(',');
  expect(entriesAfter(header)).toEqual({
    [BAGGAGE.workflowId]: 'wf-1',
    [BAGGAGE.exchange]: 'binance',
    [BAGGAGE.symbol]: 'BTC/USDT',
    [BAGGAGE.processingStage]: 'detect',
  });
  expect(entriesAfter('crypto.exchange=Bearer%20abc,crypto.workflow_id=a%0Ab')).toEqual({});
});

test('values have a last accepted and a first refused length', () => {
  expect(entriesAfter(`crypto.workflow_id=${'a'.repeat(128)}`)).not.toEqual({});
  expect(entriesAfter(`crypto.workflow_id=${'a'.repeat(129)}`)).toEqual({});
  for (const key of ['crypto.exchange', 'crypto.symbol', 'crypto.processing_stage']) {
    expect(entriesAfter(`${key}=${'a'.repeat(64)}`)).not.toEqual({});
    expect(entriesAfter(`${key}=${'a'.repeat(65)}`)).toEqual({});
  }
});

test('several baggage headers are one list', () => {
  expect(entriesAfter(['crypto.exchange=okx', 'crypto.symbol=ETH%2FBTC'])).toEqual({
    'crypto.exchange': 'okx',
    'crypto.symbol': 'ETH/BTC',
  });
});

test('foreign baggage of the context does not go out', () => {
  const baggage = propagation.createBaggage({ 'user.id': { value: '7' } });
  const context = setBaggageValues(propagation.setBaggage(ROOT_CONTEXT, baggage), {
    exchange: 'okx',
    symbol: 'BTC/USDT:USDT',
  });
  const carrier: Record<string, string> = {};
  propagator.inject(context, carrier, recordSetter);
  expect(carrier).toEqual({
    baggage: 'crypto.exchange=okx,crypto.symbol=BTC%2FUSDT%3AUSDT',
  });
  const suppressed: Record<string, string> = {};
  propagator.inject(suppressTracing(context), suppressed, recordSetter);
  expect(suppressed).toEqual({});
});

test('a value of another form is left out and the rest kept', () => {
  const context = setBaggageValues(ROOT_CONTEXT, { workflowId: 'a b', exchange: 'okx' });
  const entries = propagation.getBaggage(context)?.getAllEntries();
  expect(entries).toEqual([['crypto.exchange', { value: 'okx' }]]);
  expect(setBaggageValues(ROOT_CONTEXT, { workflowId: '' })).toBe(ROOT_CONTEXT);
});

test('spans get the allowed baggage of their parent and keep what they were given', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [createBaggageSpanProcessor(), new SimpleSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('test');
  const foreign = propagation.createBaggage({ 'user.id': { value: '7' } });
  const context = setBaggageValues(propagation.setBaggage(ROOT_CONTEXT, foreign), {
    workflowId: 'wf-1',
    exchange: 'okx',
  });
  const attributes = { [BAGGAGE.exchange]: 'kraken' };
  const parent = tracer.startSpan('parent', { attributes }, context);
  tracer.startSpan('child', {}, trace.setSpan(context, parent)).end();
  parent.end();
  tracer.startSpan('other', {}, ROOT_CONTEXT).end();
  expect(exporter.getFinishedSpans().map((span) => [span.name, span.attributes])).toEqual([
    ['child', { 'crypto.workflow_id': 'wf-1', 'crypto.exchange': 'okx' }],
    ['parent', { 'crypto.workflow_id': 'wf-1', 'crypto.exchange': 'kraken' }],
    ['other', {}],
  ]);
});
