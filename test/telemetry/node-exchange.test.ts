import { describe, expect, test } from 'bun:test';
import {
  findNodeMessage,
  getLight,
  headersOfWhole,
  type LightHeaders,
} from '../../src/telemetry/node-exchange.ts';

function lightResponse(body: unknown, headers: unknown): Response {
  return Object.assign(new Response(), { [Symbol('cache')]: [200, body, headers] });
}

describe("a Node adapter's bindings", () => {
  test('are found by the message in them', () => {
    const incoming = { headers: { host: 'x' } };
    expect(findNodeMessage([{ incoming, outgoing: {} }])).toBe(incoming);
  });

  test.each([[[]], [[null]], [[{}]], [[{ incoming: null }]], [[{ incoming: { headers: null } }]]])(
    'are not found in %j',
    (rest) => expect(findNodeMessage(rest)).toBeNull(),
  );
});

describe('a light response', () => {
  test.each([
    ['text', 'text'],
    ['bytes', new Uint8Array(2)],
    ['nothing', null],
  ])('is whole with %s for a body', (_title, body) => {
    const headers = { 'Content-Length': '4' };
    expect(headersOfWhole(lightResponse(body, headers))).toBe(headers);
    expect(headersOfWhole(lightResponse(body, undefined))).toEqual({});
  });

  test('is not known to be whole with a stream or a blob for a body, or with headers as pairs', () => {
    expect(headersOfWhole(lightResponse(new ReadableStream(), {}))).toBeNull();
    expect(headersOfWhole(lightResponse(new Blob(['x']), {}))).toBeNull();
    expect(headersOfWhole(lightResponse('x', [['a', 'b']]))).toBeNull();
  });

  test('is told from one of the platform', () => {
    expect(headersOfWhole(new Response('x'))).toBeNull();
    const strange = Object.assign(new Response('x'), { [Symbol('other')]: ['x', 'y', 'z'] });
    expect(headersOfWhole(strange)).toBeNull();
  });

  test('is found again when another adapter keeps its parts elsewhere', () => {
    const key = Symbol('cache');
    const light = (headers: object) =>
      Object.assign(new Response(), { [Symbol('url')]: 1, [key]: [200, 'x', headers] });
    const headers = { a: 'b' };
    for (const response of [light(headers), lightResponse('x', headers), light(headers)]) {
      expect(headersOfWhole(response)).toBe(headers);
      expect(headersOfWhole(new Response('x'))).toBeNull();
    }
  });

  test('gives a header whatever its case, out of a record or of Headers', () => {
    const all: LightHeaders[] = [{ 'Content-Length': 4 }, new Headers({ 'content-length': '4' })];
    for (const headers of all) {
      expect(getLight(headers, 'content-length')).toBe('4');
      expect(getLight(headers, 'content-type')).toBeNull();
    }
  });
});
