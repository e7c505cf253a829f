import { describe, expect, test } from 'bun:test';
import { createHttpApp } from '../../src/http/app.ts';
import { traceFetch } from '../../src/telemetry/http-server.ts';
import { createHttpWorld } from '../support/http-world.ts';

function createApp(env: Readonly<Record<string, string>> = {}) {
  const world = createHttpWorld(env);
  world.addQuote({ exchange: 'aster', symbol: 'BTC/USDT' });
  return createHttpApp(world.services);
}

describe('X-Request-ID', () => {
  test('is made when none is sent', async () => {
    const response = await createApp().request('/health');
    expect(response.headers.get('x-request-id')).toBe('request-1');
  });

  test('is returned when it is plain, and replaced when it is not', async () => {
    const send = async (id: string) => {
      const response = await createApp().request('/health', { headers: { 'X-Request-ID': id } });
      return response.headers.get('x-request-id');
    };
    expect(await send('abc-123_x=')).toBe('abc-123_x=');
    expect(await send('a'.repeat(255))).toBe('a'.repeat(255));
    expect(await send('a'.repeat(256))).toBe('request-1');
    expect(await send('<script>')).toBe('request-1');
  });

  test('comes with errors too', async () => {
    const response = await createApp().request('/nothing', { headers: { 'X-Request-ID': 'mine' } });
    expect(response.headers.get('x-request-id')).toBe('mine');
  });
});

describe('security headers', () => {
  test.each(['/health', '/', '/docs', '/nothing', '/api/tickers/x'])('are on %s', async (url) => {
    const { headers } = await createApp().request(url);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });
});

describe('CORS', () => {
  const origin = 'https://desk.example';
  const ask = (env: Readonly<Record<string, string>>, from: string, method = 'GET') =>
    createApp(env).request('/api/status', {
      method,
      headers: { Origin: from, 'Access-Control-Request-Method': 'GET' },
    });

  test('is off unless configured', async () => {
    const { headers } = await ask({}, origin);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('allows the configured origins alone', async () => {
    const env = { CORS_ORIGINS: `${origin},https://other.example` };
    const { headers } = await ask(env, origin);
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('vary')).toContain('Origin');
    const stranger = await ask(env, 'https://evil.example');
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('holds for errors too, so that a page can read them', async () => {
    const app = createApp({ CORS_ORIGINS: origin });
    for (const url of ['/api/tickers/x', '/nothing']) {
      const { headers } = await app.request(url, { headers: { Origin: origin } });
      expect([url, headers.get('access-control-allow-origin')]).toEqual([url, origin]);
    }
  });

  test('answers preflight requests', async () => {
    const response = await ask({ CORS_ORIGINS: '*' }, origin, 'OPTIONS');
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toBe('GET,HEAD');
  });
});

describe('caching', () => {
  test('is forbidden for what changes', async () => {
    for (const url of ['/api/status', '/api/exchanges', '/api/opportunities']) {
      const { headers } = await createApp().request(url);
      expect([url, headers.get('cache-control')]).toEqual([url, 'no-store']);
    }
  });

  test('is by tag for documents: the second time nothing is sent', async () => {
    const app = createApp();
    for (const url of ['/openapi.json', '/docs', '/']) {
      const first = await app.request(url);
      const tag = first.headers.get('etag') ?? '';
      expect(tag).toMatch(/^"[0-9a-f]+"$/);
      const second = await app.request(url, { headers: { 'If-None-Match': tag } });
      expect([url, second.status, await second.text()]).toEqual([url, 304, '']);
    }
  });
});

describe('the server span', () => {
  const nameOf = async (path: string, method = 'GET') => {
    const world = createHttpWorld();
    const { telemetry } = world.services;
    const serve = traceFetch(telemetry, (request) => createHttpApp(world.services).fetch(request));
    const response = await serve(new Request(`http://localhost${path}`, { method }));
    await response.body?.cancel();
    return telemetry.recentTraces.list(1)[0]?.rootName;
  };

  test('is named after the route that answered', async () => {
    expect(await nameOf('/ready')).toBe('GET /ready');
    expect(await nameOf('/api/opportunities/abc')).toBe('GET /api/opportunities/:id');
    expect(await nameOf('/api/opportunities/stream')).toBe('GET /api/opportunities/stream');
    expect(await nameOf('/')).toBe('GET /');
  });

  test('is so for refused requests too, and plain where no route is', async () => {
    expect(await nameOf('/api/tickers/x')).toBe('GET /api/tickers/:symbol');
    expect(await nameOf('/api/traces?limit=x')).toBe('GET /api/traces');
    expect(await nameOf('/nothing')).toBe('GET');
    expect(await nameOf('/ready', 'POST')).toBe('POST');
  });

  test('does not exist for /health', async () => {
    expect(await nameOf('/health')).toBeUndefined();
  });
});
