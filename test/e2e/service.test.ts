/**
 * The whole service as a process: three local exchanges, each in a real exchange's wire format, read through ccxt; one of
 * them fails in every way in turn; all spans received over OTLP/HTTP and decoded with the official definitions.
 */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { eventually } from '../support/eventually.ts';
import { type ExchangeServer, startExchangeServer } from '../support/exchanges/exchange-server.ts';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import type { SpanTree } from '../support/otlp-records.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const SYMBOL = 'BTC/USDT';
const SYMBOLS = [SYMBOL, 'ETH/USDT'];
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';

interface ListedOpportunity {
  readonly id: string;
  readonly buyExchange: string;
  readonly sellExchange: string;
  readonly state: string;
  readonly traceId: string | null;
}

interface ListedExchange {
  readonly exchange: string;
  readonly state: string;
  readonly reason: { readonly code: string; readonly message: string } | null;
}

let servers: Record<'binance' | 'bybit' | 'poloniex', ExchangeServer>;
let collector: OtlpCollector;
let service: ServiceProcess;

/** Bybit bids this much more for a coin that costs 100 on Binance. */
function setPremium(premium: number): void {
  servers.binance.setBook(SYMBOL, [[99.9, 5]], [[100, 5]]);
  servers.bybit.setBook(SYMBOL, [[100 + premium, 5]], [[100.1 + premium, 5]]);
  servers.poloniex.setBook(SYMBOL, [[99.95, 5]], [[100.05 + premium, 5]]);
  for (const server of Object.values(servers)) server.setBook('ETH/USDT', [[10, 1]], [[10.01, 1]]);
}

async function opportunities(query = ''): Promise<readonly ListedOpportunity[]> {
  const answer = (await service.getJson(`/api/opportunities?limit=200${query}`)) as {
    readonly opportunities: readonly ListedOpportunity[];
  };
  return answer.opportunities;
}

async function exchange(name: string): Promise<ListedExchange> {
  const { exchanges } = (await service.getJson('/api/exchanges')) as {
    readonly exchanges: readonly ListedExchange[];
  };
  const found = exchanges.find((listed) => listed.exchange === name);
  if (found === undefined) throw new Error(`${name} is not listed`);
  return found;
}

function isBinanceToBybit({ buyExchange, sellExchange }: ListedOpportunity): boolean {
  return buyExchange === 'binance' && sellExchange === 'bybit';
}

/** Closes the opportunity between the two healthy exchanges and waits for a new one. */
async function reopen(): Promise<ListedOpportunity> {
  const known = new Set((await opportunities()).map(({ id }) => id));
  setPremium(0);
  await eventually('the opportunity closes', async () =>
    (await opportunities('&state=open')).some(isBinanceToBybit) ? null : true,
  );
  setPremium(3);
  return eventually('a new opportunity opens', async () => {
    const fresh = (await opportunities('&state=open')).filter(isBinanceToBybit);
    return fresh.find(({ id }) => !known.has(id)) ?? null;
  });
}

beforeAll(async () => {
  collector = await createOtlpCollector();
  const options = { symbols: SYMBOLS, republishIntervalMs: 100 };
  servers = {
    binance: startExchangeServer('binance', options),
    bybit: startExchangeServer('bybit', options),
    poloniex: startExchangeServer('poloniex', options),
  };
  setPremium(0);
  const urls = Object.values(servers).map((server) => [server.id, server.urls]);
  service = await startService(['serve'], {
    EXCHANGES: 'binance,bybit,poloniex',
    EXCHANGE_URLS: JSON.stringify(Object.fromEntries(urls)),
    EXCHANGE_TIMEOUT_MS: '1000',
    EXCHANGE_STALL_MS: '1500',
    SYMBOLS: SYMBOLS.join(','),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '200',
    // Every span counts here, however busy the machine is.
    TELEMETRY_BUDGET_RATIO: '1',
    OTEL_BSP_MAX_QUEUE_SIZE: '20000',
  });
});

afterAll(async () => {
  await service?.stop('SIGKILL');
  for (const server of Object.values(servers ?? {})) await server.close();
  await collector?.close();
});

describe('the service on three exchanges', () => {
  test('is ready, all exchanges live', async () => {
    for (const name of ['binance', 'bybit', 'poloniex']) {
      await eventually(`${name} is live`, async () =>
        (await exchange(name)).state === 'live' ? true : null,
      );
    }
    expect((await fetch(`${service.url}/ready`)).status).toBe(200);
  });

  test('opens an opportunity when one exchange bids more, and streams it', async () => {
    const abort = new AbortController();
    const response = await fetch(`${service.url}/api/opportunities/stream`, {
      signal: abort.signal,
    });
    expect(response.headers.get('content-type')).toStartWith('text/event-stream');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    const opened = await reopen();
    let streamed = '';
    while (!streamed.includes(opened.id)) {
      streamed += decoder.decode((await reader.read()).value, { stream: true });
    }
    abort.abort();
    const one = await service.getJson(`/api/opportunities/${opened.id}`);
    expect(one).toMatchObject({ source: 'live', opportunity: { id: opened.id } });
  });

  test.each([
    ['die', 'exchange_network'],
    ['hang', 'exchange_timeout'],
    ['garbage', 'exchange_bad_data'],
    ['rate-limit', 'exchange_rate_limited'],
    ['maintenance', 'exchange_maintenance'],
  ] as const)('goes on between the others while one exchange fails: %s', async (fault, code) => {
    await servers.poloniex.fault(fault);
    const failed = await eventually(`poloniex shows ${code}`, async () => {
      const status = await exchange('poloniex');
      return status.reason?.code === code ? status : null;
    });
    expect(failed.state).not.toBe('live');
    expect(failed.reason?.message.length).toBeGreaterThan(5);
    await reopen();
    await servers.poloniex.fault(null);
    const isLive = async () => ((await exchange('poloniex')).state === 'live' ? true : null);
    await eventually('poloniex is live again', isLive);
    expect((await exchange('binance')).state).toBe('live');
    expect((await exchange('bybit')).state).toBe('live');
  });

  test('continues a trace that a caller sends in', async () => {
    await fetch(`${service.url}/api/spreads/BTC-USDT`, {
      headers: { traceparent: `00-${TRACE_ID}-${PARENT_ID}-01` },
    });
    const spans = await collector.waitForSpans((all) =>
      all.some(({ traceId, name }) => traceId === TRACE_ID && name.startsWith('GET')),
    );
    const server = spans.find(({ traceId }) => traceId === TRACE_ID);
    expect(server).toMatchObject({
      name: 'GET /api/spreads/:symbol',
      parentSpanId: PARENT_ID,
      kind: 'SERVER',
      attributes: { 'http.route': '/api/spreads/:symbol', 'http.response.status_code': 200 },
    });
  });

  test('stops cleanly, and every span it counted as exported has arrived', async () => {
    expect(await service.stop('SIGTERM')).toBe(0);
    const stopped = JSON.stringify(service.logs.find(({ message }) => message === 'stopped'));
    const count = (name: string) =>
      Number(new RegExp(`"spans\\.${name}":"?(\\d+)`).exec(stopped)?.[1]);
    expect(count('exported_count')).toBe(collector.spans().length);
    expect(count('dropped_count')).toBe(0);
    expect(count('started_count')).toBe(count('exported_count'));
  });

  test('gives one whole tree for each request and each detection round', () => {
    const trees = [...collector.toTrees().values()].flat();
    const named = (name: string) => trees.filter((tree) => tree.name === name);
    const rounds = named('arbitrage.detect_opportunities');
    const requests = trees.filter(({ kind }) => kind === 'SERVER');
    expect(rounds.length).toBeGreaterThan(50);
    expect(requests.length).toBeGreaterThan(50);
    for (const round of rounds) {
      expect(round.span.parentSpanId).toBeNull();
      expect(round.attributes['arbitrage.symbols_screened_count']).toBeDefined();
      for (const child of round.children) expect(child.name).toBe('arbitrage.detect_symbol');
    }
    for (const request of requests) expect(request.name).toMatch(/^GET \/[a-z:/_-]*$/);
    const opened = rounds.flatMap((round) => eventsBelow(round, 'opportunity_opened'));
    expect(opened.length).toBeGreaterThan(5);
    const stores = named('arbitrage.store_opportunities');
    expect(stores.length).toBeGreaterThan(0);
    for (const store of stores) {
      expect(store.children.map(({ kind }) => kind)).toContain('CLIENT');
    }
    const calls = named('exchange.call');
    expect(calls.some(({ status }) => status.code === 'ERROR')).toBe(true);
    for (const call of calls) expect(call.attributes['exchange.name']).toBeDefined();
  });
});

function eventsBelow(tree: SpanTree, name: string): unknown[] {
  const own = tree.events.filter((event) => event.name === name);
  return [...own, ...tree.children.flatMap((child) => eventsBelow(child, name))];
}
