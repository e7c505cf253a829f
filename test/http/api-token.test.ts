import { describe, expect, test } from 'bun:test';
import { createHttpApp } from '../../src/http/app.ts';
import { createHttpWorld } from '../support/http-world.ts';

const TOKEN = 'correct-horse-battery';
const PROTECTED = [
  '/api/traces',
  `/api/traces/${'1'.repeat(32)}`,
  '/api/transfers/BTC',
  '/metrics',
];

const appWith = (env: Readonly<Record<string, string>>) =>
  createHttpApp(createHttpWorld(env).services);

describe('API_TOKEN', () => {
  test('is off by default: traces, transfers and metrics are public', async () => {
    const app = appWith({});
    expect((await app.request('/api/traces')).status).toBe(200);
    expect((await app.request('/api/transfers/BTC')).status).not.toBe(401);
    expect((await app.request('/metrics')).status).toBe(200);
  });

  test.each(PROTECTED)('keeps %s from those who do not send it', async (path) => {
    const app = appWith({ API_TOKEN: TOKEN });
    for (const authorization of ['', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, 'Bearer', TOKEN]) {
      const response = await app.request(path, { headers: { authorization } });
      expect([authorization, response.status]).toEqual([authorization, 401]);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await response.json()).toMatchObject({ code: 'unauthorized' });
    }
    const known = await app.request(path, { headers: { authorization: `bearer ${TOKEN}` } });
    expect(known.status).not.toBe(401);
  });

  test('leaves the market public', async () => {
    const app = appWith({ API_TOKEN: TOKEN });
    for (const path of ['/api/opportunities', '/api/status', '/health', '/openapi.json']) {
      expect([path, (await app.request(path)).status]).toEqual([path, 200]);
    }
  });

  test('has 16 characters or more', () => {
    expect(() => appWith({ API_TOKEN: 'x'.repeat(15) })).toThrow('API_TOKEN');
    expect(() => appWith({ API_TOKEN: 'x'.repeat(16) })).not.toThrow();
  });
});

test('the OpenAPI document tells what every path refuses, and where a token is asked for', async () => {
  const document = await (await appWith({}).request('/openapi.json')).json();
  for (const [path, item] of Object.entries<Record<string, { responses: object }>>(
    document.paths,
  )) {
    for (const operation of Object.values(item)) {
      const statuses = Object.keys(operation.responses);
      expect([path, statuses]).toEqual([
        path,
        expect.arrayContaining(['405', '413', '414', '431']),
      ]);
    }
  }
  expect(document.paths['/api/traces'].get.responses).toHaveProperty('401');
  expect(document.paths['/api/transfers/{asset}'].get.responses).toHaveProperty('401');
  expect(document.paths['/api/status'].get.responses).not.toHaveProperty('401');
});

test('what the document says of a wrong method, a long URL and a large body is what is answered', async () => {
  const app = appWith({});
  expect((await app.request('/api/status', { method: 'DELETE' })).status).toBe(405);
  expect((await app.request(`/api/status?${'x'.repeat(2_048)}`)).status).toBe(414);
  const body = 'x'.repeat(16_385);
  const large = await app.request('/api/status', {
    ...{ method: 'POST', body, headers: { 'content-length': String(body.length) } },
  });
  expect(large.status).toBe(413);
});
