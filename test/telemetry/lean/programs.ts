/** Programs that trace themselves. Run over two providers, they must leave the same spans. */

import {
  type Attributes,
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';

export type Program = (tracer: Tracer) => void;

const START = [1_700_000_000, 5] as [number, number];
const END = [1_700_000_001, 999_999_999] as [number, number];
const LINKED = {
  traceId: 'abcdefabcdefabcdefabcdefabcdefab',
  spanId: 'abcdefabcdefabcd',
  traceFlags: TraceFlags.SAMPLED,
};
const REMOTE = { ...LINKED, isRemote: true, traceState: createTraceState('vendor=1,other=2') };
const remoteContext = trace.setSpanContext(ROOT_CONTEXT, REMOTE);
const untyped = (attributes: Record<string, unknown>) => attributes as Attributes;

export const PROGRAMS: Readonly<Record<string, Program>> = {
  'a bare span': (tracer) => tracer.startSpan('bare').end(),
  'every kind': (tracer) => {
    for (const kind of [0, 1, 2, 3, 4] as SpanKind[])
      tracer.startSpan(`kind ${kind}`, { kind }).end();
  },
  'a child and a grandchild': (tracer) => {
    const parent = tracer.startSpan('parent');
    const inParent = trace.setSpan(ROOT_CONTEXT, parent);
    const child = tracer.startSpan('child', {}, inParent);
    tracer.startSpan('grandchild', {}, trace.setSpan(inParent, child)).end();
    child.end();
    parent.end();
  },
  'a remote parent with trace state': (tracer) =>
    tracer.startSpan('remote child', { kind: SpanKind.SERVER }, remoteContext).end(),
  'a root in spite of a parent': (tracer) =>
    tracer.startSpan('root', { root: true }, remoteContext).end(),
  'an unsampled parent': (tracer) => {
    const parent = { ...REMOTE, traceFlags: TraceFlags.NONE };
    tracer.startSpan('never seen', {}, trace.setSpanContext(ROOT_CONTEXT, parent)).end();
  },
  'an invalid parent': (tracer) => {
    const parent = { ...REMOTE, traceId: '0'.repeat(32) };
    tracer.startSpan('root after all', {}, trace.setSpanContext(ROOT_CONTEXT, parent)).end();
  },
  'suppressed tracing': (tracer) =>
    tracer.startSpan('suppressed', {}, suppressTracing(remoteContext)).end(),
  'attributes of every type': (tracer) => {
    const span = tracer.startSpan('typed', {
      attributes: { text: 'é😀\ud800', int: 42, big: 1e21, half: 0.5, yes: true, no: false },
    });
    span.setAttribute('list', ['a', 'b', null]).setAttribute('numbers', [1, 2.5, Number.NaN]);
    span.setAttributes({
      empty: [],
      negative: -7,
      safe: 2 ** 53,
      huge: 2 ** 62,
      long: 'x'.repeat(500),
    });
    span.setAttribute('flags', [true, null, false]).setAttribute('nothing', '');
    span.end();
  },
  'attributes that are none': (tracer) => {
    const span = tracer.startSpan('odd', {
      attributes: untyped({
        '': 1,
        map: { a: 1 },
        mixed: [1, 'a'],
        nil: null,
        gone: undefined,
        ok: 1,
      }),
    });
    span.setAttributes(untyped({ call: () => 1, symbol: Symbol('s'), bytes: new Uint8Array(2) }));
    span.setAttribute('', 'empty key').setAttribute('fine', 'yes');
    span.end();
  },
  'an attribute set again keeps its place and has the last value': (tracer) => {
    const span = tracer.startSpan('again', { attributes: { a: 1, b: 'x', c: true } });
    span.setAttribute('b', 'y').setAttribute('a', 'now text').setAttributes({ c: 2, d: 3, a: -1 });
    span.end();
  },
  'lists are copied': (tracer) => {
    const list = ['before'];
    const span = tracer.startSpan('copied', { attributes: { list } });
    list.push('after');
    span.end();
  },
  'more attributes than allowed': (tracer) => {
    const span = tracer.startSpan('many');
    for (let n = 0; n < 140; n += 1) span.setAttribute(`key.${n}`, n);
    span.setAttribute('key.3', 'overwritten').setAttribute('key.139', 'dropped');
    span.end();
  },
  'more events and links than allowed': (tracer) => {
    const span = tracer.startSpan('crowded', { startTime: START });
    for (let n = 0; n < 135; n += 1) span.addEvent(`e${n}`, { n }, START);
    for (let n = 0; n < 130; n += 1) span.addLink({ context: LINKED, attributes: { n } });
    span.end(END);
  },
  'events with attributes, times, both and neither': (tracer) => {
    const span = tracer.startSpan('events', { startTime: START });
    span.addEvent('timed', END).addEvent('dated', new Date(1_700_000_000_500));
    span.addEvent('full', { a: 1, list: [1, 2], odd: untyped({}) as never }, END);
    span.addEvent('in milliseconds', { b: 'x' }, 1_700_000_000_250);
    span.end(END);
  },
  links: (tracer) => {
    const span = tracer.startSpan('linked', {
      links: [{ context: LINKED, attributes: { at: 'start' } }, { context: REMOTE }],
    });
    span.addLink({ context: LINKED }).addLinks([{ context: REMOTE, attributes: { n: 1.5 } }]);
    span.end();
  },
  'status: the first OK stays': (tracer) => {
    const span = tracer.startSpan('ok');
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'first' });
    span.setStatus({ code: SpanStatusCode.OK, message: 'ignored' });
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'too late' });
    span.end();
  },
  'status: UNSET changes nothing, a later error wins': (tracer) => {
    const span = tracer.startSpan('error');
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'one' });
    span.setStatus({ code: SpanStatusCode.UNSET });
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'two' });
    span.end();
  },
  'status: a message that is no text': (tracer) => {
    const span = tracer.startSpan('odd status');
    span.setStatus({ code: SpanStatusCode.ERROR, message: 5 as never });
    span.end();
  },
  exceptions: (tracer) => {
    const span = tracer.startSpan('throws', { startTime: START });
    const error = new TypeError('wrong type');
    error.stack = 'TypeError: wrong type\n    at work';
    span.recordException(error, END);
    span.recordException('just text', END);
    span.recordException({ code: 42, message: 'coded' }, END);
    span.recordException({ name: 'Named' } as never, END);
    span.recordException({} as never, END);
    span.end(END);
  },
  'times: given as pair, date and milliseconds': (tracer) => {
    tracer.startSpan('pair', { startTime: START }).end(END);
    tracer
      .startSpan('date', { startTime: new Date(1_700_000_000_123) })
      .end(new Date(1_700_000_000_456));
    tracer.startSpan('ms', { startTime: 1_700_000_000_123 }).end(1_700_000_000_456);
    tracer.startSpan('fraction', { startTime: 1_700_000_000_000.25 }).end(1_700_000_000_001.75);
    tracer.startSpan('long ago', { startTime: [12, 34] }).end([56, 78]);
  },
  'times: an end before the start': (tracer) =>
    tracer.startSpan('backwards', { startTime: END }).end(START),
  'a new name': (tracer) => tracer.startSpan('old').updateName('new').end(),
  'no name': (tracer) => tracer.startSpan('').end(),
  'a name of many bytes': (tracer) => tracer.startSpan('é'.repeat(5_000)).end(),
  'a key of many bytes': (tracer) =>
    tracer.startSpan('long key', { attributes: { ['k'.repeat(400)]: 1, short: 2 } }).end(),
  'a value larger than the scratch memory': (tracer) => {
    const span = tracer.startSpan('large', { attributes: { large: 'x'.repeat(70_000), after: 1 } });
    span.addEvent('large too', { text: 'é'.repeat(40_000) }, START);
    span.end();
  },
  'changes after the end are lost': (tracer) => {
    const span = tracer.startSpan('over', { attributes: { a: 1 } });
    span.end(END);
    span.setAttribute('b', 2).addEvent('late').addLink({ context: LINKED }).updateName('late');
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.recordException('late');
    span.end();
  },
  'startActiveSpan in its three forms': (tracer) => {
    tracer.startActiveSpan('one', (span) => span.end());
    tracer.startActiveSpan('two', { attributes: { a: 1 } }, (span) => span.end());
    tracer.startActiveSpan('three', {}, remoteContext, (span) => span.end());
  },
};
