import { afterAll, describe, expect, test } from 'bun:test';
import { createClient } from '../src/client.ts';
import { createHttpApp } from '../src/http/app.ts';
import { createHttpWorld } from './support/http-world.ts';
import { createOpportunitySample } from './support/opportunity-samples.ts';

const world = createHttpWorld();
world.addQuote({ exchange: 'aster', symbol: 'BTC/USDT', bid: 64_000.5 });
world.open.push(createOpportunitySample({ id: 'a', openedAtMs: 1 }));
const server = Bun.serve({ port: 0, fetch: createHttpApp(world.services).fetch });
const client = createClient(server.url.origin);

afterAll(() => server.stop(true));

describe('the typed client', () => {
  test('reads quotes', async () => {
    const response = await client.api.tickers[':symbol'].$get({ param: { symbol: 'BTC-USDT' } });
    if (response.status !== 200) throw new Error(`unexpected status ${response.status}`);
    const { tickers } = await response.json();
    const bid: string | null | undefined = tickers[0]?.quote?.bid;
    expect(bid).toBe('64000.5');
  });

  test('takes queries, and gives opportunities with their state', async () => {
    const response = await client.api.opportunities.$get({ query: { state: 'open', limit: '5' } });
    if (response.status !== 200) throw new Error(`unexpected status ${response.status}`);
    const { opportunities } = await response.json();
    const [first] = opportunities;
    expect(first?.state === 'open' ? first.closedAtMs : 'closed').toBeNull();
  });

  test('gives problems with their code', async () => {
    const response = await client.api.spreads[':symbol'].$get({ param: { symbol: 'XXX-USDT' } });
    if (response.status !== 404) throw new Error(`unexpected status ${response.status}`);
    const { code } = await response.json();
    expect(code).toBe('symbol_unknown');
  });

  test('opens the stream', async () => {
    const response = await client.api.opportunities.stream.$get({ query: {}, header: {} });
    const reader = response.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    expect(new TextDecoder().decode(value)).toBe('retry: 2000\nid: 1700000000000-0\n\n');
    await reader?.cancel();
  });

  test('sends the headers it was given', async () => {
    const named = createClient(server.url.origin, { headers: { 'X-Request-ID': 'desk-7' } });
    const response = await named.health.$get();
    expect(response.headers.get('x-request-id')).toBe('desk-7');
  });
});
