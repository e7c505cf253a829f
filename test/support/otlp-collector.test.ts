import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { gzipSync } from 'node:zlib';
import { createOtlpCollector, type OtlpCollector } from './otlp-collector.ts';
import { otlpRequestType } from './otlp-proto.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const request = (spans: readonly unknown[]) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'test' } }] },
      scopeSpans: [{ scope: { name: 'scope', version: '1' }, spans }],
    },
  ],
});
const span = (spanId: string, parentSpanId: string, name: string, startTimeUnixNano: string) => ({
  traceId: TRACE_ID,
  spanId,
  parentSpanId,
  name,
  kind: 2,
  startTimeUnixNano,
  endTimeUnixNano: '1700000000000000009',
  attributes: [
    { key: 'count', value: { intValue: '9007199254740993' } },
    { key: 'ratio', value: { doubleValue: 'NaN' } },
    { key: 'list', value: { arrayValue: { values: [{ boolValue: true }, {}] } } },
  ],
  events: [{ name: 'exception', timeUnixNano: '1700000000000000001', attributes: [] }],
  status: { code: 2, message: 'broken' },
});
const SPANS = [
  span('00000000000000a2', '00000000000000a1', 'child', '1700000000000000002'),
  span('00000000000000a1', '', 'root', '1700000000000000001'),
];

let collector: OtlpCollector;
beforeAll(async () => {
  collector = await createOtlpCollector();
});
afterEach(() => collector.clear());
afterAll(() => collector.close());

function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

function toProtobuf(spans: readonly ReturnType<typeof span>[]): Uint8Array<ArrayBuffer> {
  const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
  const rows = spans.map((row) => ({
    ...row,
    traceId: bytes(row.traceId),
    spanId: bytes(row.spanId),
    parentSpanId: bytes(row.parentSpanId),
    attributes: row.attributes.map((attribute) =>
      attribute.key === 'ratio' ? { ...attribute, value: { doubleValue: Number.NaN } } : attribute,
    ),
  }));
  const type = otlpRequestType('traces');
  return Uint8Array.from(type.encode(type.fromObject(request(rows))).finish());
}

describe('otlp collector', () => {
  test('decodes JSON into trees', async () => {
    expect((await post(JSON.stringify(request(SPANS)))).status).toBe(200);
    const [root] = collector.toTrees().get(TRACE_ID) ?? [];
    expect(root?.name).toBe('root');
    expect(root?.kind).toBe('SERVER');
    expect(root?.status).toEqual({ code: 'ERROR', message: 'broken' });
    expect(root?.attributes).toEqual({
      count: 9007199254740993n,
      ratio: Number.NaN,
      list: [true, null],
    });
    expect(root?.children.map((child) => child.name)).toEqual(['child']);
    expect(root?.span.resource).toEqual({ 'service.name': 'test' });
  });

  test('decodes gzipped protobuf to the same spans as JSON', async () => {
    await post(JSON.stringify(request(SPANS)));
    const fromJson = collector.spans();
    collector.clear();
    await post(Uint8Array.from(gzipSync(toProtobuf(SPANS))), {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
    });
    expect(collector.spans()).toEqual([...fromJson]);
    expect(collector.requests[0]?.encoding).toBe('protobuf');
  });

  test.each([
    ['a null double', { key: 'k', value: { doubleValue: null } }, 'doubleValue'],
    ['an integer in exponent form', { key: 'k', value: { intValue: 1e21 } }, 'intValue'],
    ['an integer that is no number', { key: 'k', value: { intValue: '1e21' } }, 'intValue'],
  ])('refuses %s with 400, as a Collector does', async (_title, attribute, field) => {
    const rows = [{ ...span('00000000000000a1', '', 'root', '1'), attributes: [attribute] }];
    expect((await post(JSON.stringify(request(rows)))).status).toBe(400);
    expect(collector.spans()).toEqual([]);
    expect(collector.requests[0]?.decodeError).toContain(field);
  });

  test('refuses ids that are not hex of the right length', async () => {
    const rows = [{ ...span('00000000000000a1', '', 'root', '1'), traceId: 'abc' }];
    expect((await post(JSON.stringify(request(rows)))).status).toBe(400);
  });

  test('answers as scripted, once, and keeps only accepted records', async () => {
    collector.script(
      { status: 503, headers: { 'retry-after': '1' }, body: 'busy' },
      { fault: 'reset' },
      { partialSuccess: { rejectedCount: 1, message: 'too old' } },
    );
    const busy = await post(JSON.stringify(request(SPANS)));
    expect([busy.status, busy.headers.get('retry-after'), await busy.text()]).toEqual([
      503,
      '1',
      'busy',
    ]);
    await expect(post(JSON.stringify(request(SPANS)))).rejects.toThrow();
    const partial = await post(JSON.stringify(request(SPANS)));
    expect(await partial.json()).toEqual({
      partialSuccess: { rejectedSpans: 1, errorMessage: 'too old' },
    });
    expect(collector.spans().map((row) => row.name)).toEqual(['child']);
    expect((await post(JSON.stringify(request(SPANS)))).status).toBe(200);
    expect(collector.requests.map((row) => row.status)).toEqual([503, 'reset', 200, 200]);
  });

  test('waits for spans, and says what arrived when they do not', async () => {
    const waiting = collector.waitForSpans((spans) => spans.length === 2);
    await post(JSON.stringify(request(SPANS)));
    expect((await waiting).length).toBe(2);
    await expect(collector.waitForSpans((spans) => spans.length === 3, 20)).rejects.toThrow(
      'arrived: child, root',
    );
  });
});
