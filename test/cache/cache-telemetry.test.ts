import { beforeEach, describe, expect, test } from 'bun:test';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { toCacheEndpoint, withCacheTelemetry } from '../../src/cache/cache-telemetry.ts';
import { createMemoryCache } from '../../src/cache/drivers/memory.ts';
import { createUpstashCache } from '../../src/cache/drivers/upstash.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createSpanRecorder } from '../support/span-recorder.ts';

const recorder = createSpanRecorder();

describe('spans of a cache', () => {
  beforeEach(() => recorder.reset());

  test('each command is a client span, and a read says whether it hit', async () => {
    const memory = createMemoryCache({ maxEntriesCount: 10, clock: createFakeClock() });
    const endpoint = { serverAddress: 'cache.example', serverPort: 443 };
    const cache = withCacheTelemetry(memory, endpoint, recorder.tracer);
    await cache.get('secret-key');
    await cache.set('secret-key', 'secret-value', 1000);
    await cache.get('secret-key');
    await cache.delete('secret-key');
    await cache.ping();
    const common = {
      'db.system.name': 'redis',
      'db.system': 'redis',
      'server.address': 'cache.example',
      'server.port': 443,
    };
    const shown = recorder
      .spans()
      .map(({ name, kind, attributes }) => ({ name, kind, attributes }));
    const client = (name: string, more: object) => ({
      name,
      kind: SpanKind.CLIENT,
      attributes: { ...common, 'db.operation.name': name, ...more },
    });
    expect(shown).toEqual([
      client('GET', { 'cache.hit': false }),
      client('SET', {}),
      client('GET', { 'cache.hit': true }),
      client('DEL', {}),
      client('PING', {}),
    ]);
    expect(cache.stats()).toEqual(memory.stats());
    await cache.close();
    await expect(memory.ping()).rejects.toMatchObject({ code: 'closed' });
  });

  test('a fault is told with its code, without token, key or value', async () => {
    const url = 'http://127.0.0.1:1';
    const nowhere = createUpstashCache({ url, token: 'hunter2' });
    const cache = withCacheTelemetry(nowhere, toCacheEndpoint(url), recorder.tracer);
    await expect(cache.set('secret-key', 'secret-value', 1000)).rejects.toThrow();
    const [span] = recorder.spans();
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
    expect(span?.attributes).toMatchObject({ 'error.type': 'cache_unavailable', 'server.port': 1 });
    const { attributes, events, status } = span ?? {};
    expect(JSON.stringify({ attributes, events, status })).not.toMatch(/hunter2|secret/);
  });

  test('the address of a server is its host and port, without credentials', () => {
    const expected = { serverAddress: 'eu1.upstash.io', serverPort: 443 };
    expect(toCacheEndpoint('https://user:hunter2@eu1.upstash.io')).toEqual(expected);
    expect(toCacheEndpoint('http://localhost')).toEqual({
      serverAddress: 'localhost',
      serverPort: 80,
    });
    expect(toCacheEndpoint('http://localhost:8079/x').serverPort).toBe(8079);
  });
});
