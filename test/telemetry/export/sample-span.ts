/** A finished span for encoder tests; every field can be overridden. */

import { SpanKind, TraceFlags } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

export const SAMPLE_RESOURCE = resourceFromAttributes({ 'service.name': 'sample' });

export function sampleSpan(overrides: Partial<ReadableSpan> = {}): ReadableSpan {
  return {
    name: 'work',
    kind: SpanKind.CLIENT,
    spanContext: () => ({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: TraceFlags.SAMPLED,
    }),
    startTime: [1_700_000_000, 123_456_789],
    endTime: [1_700_000_001, 5],
    status: { code: 0 },
    attributes: {},
    links: [],
    events: [],
    duration: [0, 876_543_216],
    ended: true,
    resource: SAMPLE_RESOURCE,
    instrumentationScope: { name: 'scope' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    ...overrides,
  };
}

/** What encoders get wrong. Keys say what the value is. */
export const HARD_VALUES: Readonly<Record<string, unknown>> = {
  'two to the 53rd plus one': 2n ** 53n + 1n,
  'largest int64': 2n ** 63n - 1n,
  'smallest int64': -(2n ** 63n),
  'beyond int64': 2n ** 63n,
  '1e21': 1e21,
  '2^53': 2 ** 53,
  'two to the 62nd': 2 ** 62,
  'two to the 63rd': 2 ** 63,
  'minus two to the 63rd': -(2 ** 63),
  '-0': -0,
  '0': 0,
  '-1': -1,
  half: 0.5,
  tiny: 5e-324,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  'lone high surrogate': 'a\ud800b',
  'lone low surrogate': '\udc00',
  pair: '😀',
  controls: '\u0000\u001f"\\\u2028',
  '': 'empty key',
  'empty string': '',
  '64 KiB': 'é'.repeat(32_768),
  'nested list': [[1, [2, []]], ['a', null], [true]],
  'nested map': { a: { b: { '': [{ c: 1n }] } }, empty: {} },
  bytes: Uint8Array.of(0, 255, 10, 13),
  'no bytes': new Uint8Array(0),
  null: null,
  true: true,
  false: false,
};
