import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createHttpApp } from '../../src/http/app.ts';
import { createHttpWorld } from '../support/http-world.ts';

const PATHS = [
  '/api/tickers/',
  '/api/market-data/',
  '/api/spreads/',
  '/api/explain',
  '/api/opportunities',
  '/api/opportunities/',
  '/api/opportunities/stream',
  '/api/statistics/life',
  '/api/statistics/spreads/',
  '/api/traces',
  '/api/traces/',
  '/',
];
const PARAMETERS = ['symbol', 'exchange', 'state', 'fromMs', 'limit', 'cursor', 'minEdgeBps', 'x'];

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('BTC-USDT', '%', '%2F', '%E0%A4%A', '-1', '1e9', '..', '\0', '__proto__', '🦀'),
);
const request = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS'),
  path: fc.constantFrom(...PATHS),
  tail: text,
  isEncoded: fc.boolean(),
  query: fc.array(fc.tuple(fc.constantFrom(...PARAMETERS), text), { maxLength: 3 }),
});

describe('whatever is asked', () => {
  test('is answered, and never with a failure of the server', async () => {
    const world = createHttpWorld();
    world.addQuote({ exchange: 'aster', symbol: 'BTC/USDT' });
    const app = createHttpApp(world.services);
    await fc.assert(
      fc.asyncProperty(request, async ({ method, path, tail, isEncoded, query }) => {
        const search = new URLSearchParams(query.map(([name, value]) => [name, value]));
        const end = isEncoded ? encodeURIComponent(tail.toWellFormed()) : tail;
        const response = await app.request(
          new Request(`http://localhost${path}${end}?${search}`, { method }),
        );
        await response.body?.cancel();
        expect(response.status).toBeLessThan(500);
        const type = response.headers.get('content-type');
        if (response.status >= 400) expect(type).toBe('application/problem+json');
        expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      }),
      { numRuns: 400, seed: 7 },
    );
    expect(world.logs).toEqual([]);
    expect(world.services.pipeline.hub.subscribersCount).toBe(0);
  });
});
