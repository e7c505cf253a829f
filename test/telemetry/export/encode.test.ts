import { describe, expect, test } from 'bun:test';
import { createTraceState, SpanKind, TraceFlags } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { encodeTracesJson } from '../../../src/telemetry/export/encode-json.ts';
import { encodeTracesProtobuf } from '../../../src/telemetry/export/encode-protobuf.ts';
import { decodeOtlpJson, decodeOtlpProtobuf, otlpRequestType } from '../../support/otlp-proto.ts';
import { decodeSpans, toExpected, toPairs } from './decode-values.ts';
import { HARD_VALUES, sampleSpan } from './sample-span.ts';

const toText = (bytes: Uint8Array) => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

/** Through JSON and back into protobuf with the official definitions, so that both encodings meet one judge. */
function jsonToProtobuf(bytes: Uint8Array): Uint8Array {
  const type = otlpRequestType('traces');
  const message = decodeOtlpJson('traces', toText(bytes));
  return type.encode(type.fromObject(message)).finish();
}

const ENCODERS: ReadonlyArray<readonly [string, (spans: readonly ReadableSpan[]) => Uint8Array]> = [
  ['protobuf', encodeTracesProtobuf],
  ['json', (spans) => jsonToProtobuf(encodeTracesJson(spans))],
];

const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.integer({ min: 0xd7f0, max: 0xe010 }).map((c) => String.fromCharCode(c)),
    }),
    fc.double(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string({ maxLength: 200 }), tie('value'), {
      maxKeys: 5,
      noNullPrototype: true,
    }),
  ),
})).value;

for (const [format, encode] of ENCODERS) {
  describe(`${format}, decoded with the official definitions`, () => {
    for (const [name, value] of Object.entries(HARD_VALUES)) {
      test(`keeps ${name || 'an empty key'}`, () => {
        const attributes = { [name]: value } as ReadableSpan['attributes'];
        const [span] = decodeSpans(encode([sampleSpan({ attributes })]));
        expect(toPairs(span?.['attributes'])).toEqual([[name, toExpected(value)]]);
      });
    }

    test('keeps attributes, events and links of any content', () => {
      const attributes = fc.dictionary(fc.string(), values, { maxKeys: 6, noNullPrototype: true });
      fc.assert(
        fc.property(attributes, (recorded) => {
          const own = recorded as ReadableSpan['attributes'];
          const context = sampleSpan().spanContext();
          const [span] = decodeSpans(
            encode([
              sampleSpan({
                attributes: own,
                events: [{ name: 'e', time: [1, 2], attributes: own, droppedAttributesCount: 1 }],
                links: [{ context, attributes: own }],
              }),
            ]),
          );
          const expected = Object.entries(recorded).map(([key, value]) => [
            toExpected(key),
            toExpected(value),
          ]);
          expect(toPairs(span?.['attributes'])).toEqual(expected as never);
          const [event] = (span?.['events'] ?? []) as ReadonlyArray<Record<string, unknown>>;
          const [link] = (span?.['links'] ?? []) as ReadonlyArray<Record<string, unknown>>;
          expect(toPairs(event?.['attributes'])).toEqual(expected as never);
          expect(toPairs(link?.['attributes'])).toEqual(expected as never);
        }),
        { numRuns: 200 },
      );
    });
  });
}

describe('a whole request', () => {
  const linked = {
    traceId: '11111111111111111111111111111111',
    spanId: '2222222222222222',
    traceFlags: TraceFlags.NONE,
    isRemote: true,
    traceState: createTraceState('a=1,b=2'),
  };
  const full = sampleSpan({
    kind: SpanKind.SERVER,
    parentSpanContext: { ...linked, traceId: sampleSpan().spanContext().traceId },
    status: { code: 2, message: 'broken' },
    attributes: { route: '/x', 'http.response.status_code': 500 },
    events: [{ name: 'exception', time: [1_700_000_000, 999_999_999], attributes: { a: true } }],
    links: [{ context: linked, attributes: { n: 1.5 }, droppedAttributesCount: 7 }],
    instrumentationScope: { name: 's', version: '1.2.3', schemaUrl: 'https://example.test/s' },
    droppedAttributesCount: 300,
    droppedEventsCount: 2,
    droppedLinksCount: 3,
  });

  test('carries every field, the same in both encodings', () => {
    const spans = [full, sampleSpan({ name: 'other' }), sampleSpan({ name: 'third' })];
    const fromProtobuf = decodeOtlpProtobuf('traces', encodeTracesProtobuf(spans));
    expect(decodeOtlpJson('traces', toText(encodeTracesJson(spans)))).toEqual(fromProtobuf);
    const [group] = fromProtobuf['resourceSpans'] as ReadonlyArray<Record<string, never>>;
    expect(group).toMatchObject({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'sample' } }] },
      scopeSpans: [
        {
          scope: { name: 's', version: '1.2.3' },
          schemaUrl: 'https://example.test/s',
          spans: [
            {
              name: 'work',
              kind: 2,
              startTimeUnixNano: '1700000000123456789',
              endTimeUnixNano: '1700000001000000005',
              flags: 0x301,
              droppedAttributesCount: 300,
              droppedEventsCount: 2,
              droppedLinksCount: 3,
              status: { code: 2, message: 'broken' },
              events: [{ name: 'exception', timeUnixNano: '1700000000999999999' }],
              links: [{ traceState: 'a=1,b=2', flags: 0x300, droppedAttributesCount: 7 }],
            },
          ],
        },
        { scope: { name: 'scope' }, spans: [{ name: 'other' }, { name: 'third' }] },
      ],
    });
    const [span] = decodeSpans(encodeTracesProtobuf([full]));
    expect(Buffer.from(span?.['traceId'] as Uint8Array).toString('hex')).toBe(
      '0af7651916cd43dd8448eb211c80319c',
    );
    expect(Buffer.from(span?.['parentSpanId'] as Uint8Array).toString('hex')).toBe(linked.spanId);
  });

  test('has one group for each resource', () => {
    const other = sampleSpan({ resource: resourceFromAttributes({ 'service.name': 'b' }) });
    const request = decodeOtlpProtobuf('traces', encodeTracesProtobuf([full, other, full]));
    const groups = request['resourceSpans'] as ReadonlyArray<{ scopeSpans: ReadonlyArray<never> }>;
    expect(groups.map(({ scopeSpans }) => scopeSpans.length)).toEqual([1, 1]);
  });

  test('writes 64-bit integers as strings, ids in hexadecimal and −0 with its sign', () => {
    const text = toText(encodeTracesJson([sampleSpan({ attributes: { i: 5, z: -0, x: 1e21 } })]));
    expect(text).toContain('"startTimeUnixNano":"1700000000123456789"');
    expect(text).toContain('"traceId":"0af7651916cd43dd8448eb211c80319c"');
    expect(text).toContain('{"intValue":"5"}');
    expect(text).toContain('{"doubleValue":-0}');
    expect(text).toContain('{"doubleValue":1e+21}');
  });

  test('replaces what is nested too deep instead of failing', () => {
    let deep: unknown = 'end';
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    const attributes = { deep, after: 1 } as unknown as ReadableSpan['attributes'];
    const [span] = decodeSpans(encodeTracesProtobuf([sampleSpan({ attributes })]));
    expect(JSON.stringify(toPairs(span?.['attributes']))).toContain('[nested too deep]');
    expect(toPairs(span?.['attributes'])[1]).toEqual(['after', { int: '1' }]);
  });

  test('gives a time before the epoch as 0', () => {
    const [span] = decodeSpans(encodeTracesProtobuf([sampleSpan({ startTime: [-5, 0] })]));
    expect(span?.['startTimeUnixNano'] ?? '0').toBe('0');
  });
});
