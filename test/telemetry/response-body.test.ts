import { describe, expect, test } from 'bun:test';
import { hasOnlyWholeType, observeBody } from '../../src/telemetry/response-body.ts';

function observed(body: ReadableStream<Uint8Array>) {
  const told: string[] = [];
  const response = observeBody(new Response(body), {
    ended: (sizeBytes) => told.push(`ended ${sizeBytes}`),
    failed: (_error, sizeBytes) => told.push(`failed ${sizeBytes}`),
    cancelled: (sizeBytes) => told.push(`cancelled ${sizeBytes}`),
  });
  if (response.body === null) throw new Error('expected a body');
  return { told, reader: response.body.getReader() };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('observeBody', () => {
  test('tells once that the reader went away, though a read was pending then', async () => {
    const { told, reader } = observed(
      new ReadableStream({ pull: () => new Promise(() => undefined) }),
    );
    const pending = reader.read();
    await turn();
    await reader.cancel();
    await pending;
    await turn();
    expect(told).toEqual(['cancelled 0']);
  });

  test('tells once that the body ended, with its size', async () => {
    const chunks = [new Uint8Array(3), new Uint8Array(4)];
    const { told, reader } = observed(
      new ReadableStream({
        pull: (controller) => {
          const chunk = chunks.shift();
          if (chunk === undefined) controller.close();
          else controller.enqueue(chunk);
        },
      }),
    );
    while (!(await reader.read()).done) await turn();
    await turn();
    expect(told).toEqual(['ended 7']);
  });

  test('tells once that the body failed', async () => {
    const { told, reader } = observed(
      new ReadableStream({
        pull: () => {
          throw new Error('torn');
        },
      }),
    );
    await expect(reader.read()).rejects.toThrow('torn');
    await turn();
    expect(told).toEqual(['failed 0']);
  });
});

test.each([
  [{ 'content-type': 'application/json' }, true],
  [{ 'Content-Type': 'text/html; charset=UTF-8' }, true],
  [{ 'content-type': 'text/event-stream' }, false],
  [{ 'content-type': 'text/plain', 'transfer-encoding': 'chunked' }, false],
  [{ 'content-length': '2' }, false],
  [{}, false],
])('of %j a whole type is all: %p', (headers, isAll) => {
  expect(hasOnlyWholeType(new Headers(headers))).toBe(isAll);
});

test('headers that nobody counts are looked at one by one', () => {
  const uncounted = new Headers({ 'content-type': 'application/json' });
  Object.defineProperty(uncounted, 'count', { value: undefined });
  expect(hasOnlyWholeType(uncounted)).toBe(false);
});
