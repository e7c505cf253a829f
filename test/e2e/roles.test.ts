/**
 * Two services as processes: a market-data service reads local exchanges through ccxt, a detector reads that service. All
 * spans of both are received over OTLP/HTTP; the exchanges note the headers that they get.
 */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { eventually } from '../support/eventually.ts';
import { type ExchangeServer, startExchangeServer } from '../support/exchanges/exchange-server.ts';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import type { CollectedSpan } from '../support/otlp-records.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';

setDefaultTimeout(60_000);

const SYMBOL = 'BTC/USDT';
/** More than the books that are streamed from one exchange: depth is then fetched on demand. */
const SYMBOLS = [SYMBOL, ...Array.from({ length: 33 }, (_, index) => `C${index}/USDT`)];
const MARKET_TOKEN = 'secret-between-both';

interface Listed {
  readonly id: string;
  readonly state: string;
  readonly buyExchange: string;
  readonly traceId: string | null;
}

interface Exchange {
  readonly exchange: string;
  readonly state: string;
  readonly reason: { readonly code: string } | null;
}

let servers: readonly ExchangeServer[];
let collector: OtlpCollector;
let market: ServiceProcess;
let detector: ServiceProcess;

const telemetry = (name: string) => ({
  OTEL_SERVICE_NAME: name,
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_BSP_SCHEDULE_DELAY: '200',
  OTEL_BSP_MAX_QUEUE_SIZE: '50000',
});

function startMarket(port = '0'): Promise<ServiceProcess> {
  return startService(['serve'], {
    ...telemetry('market'),
    ...{ ROLE: 'market', MARKET_TOKEN, PORT: port, HOST: '127.0.0.1' },
    EXCHANGES: servers.map(({ id }) => id).join(),
    EXCHANGE_URLS: JSON.stringify(Object.fromEntries(servers.map(({ id, urls }) => [id, urls]))),
    SYMBOLS: SYMBOLS.join(),
    TELEMETRY_PROPAGATE_HOSTS: '127.0.0.1',
  });
}

function setPremium(premium: number): void {
  const [cheap, dear] = servers;
  cheap?.setBook(SYMBOL, [[99.9, 5]], [[100, 5]]);
  dear?.setBook(SYMBOL, [[100 + premium, 5]], [[100.1 + premium, 5]]);
}

async function openOpportunity(): Promise<Listed | null> {
  const page = (await detector.getJson('/api/opportunities?state=open')) as {
    readonly opportunities: readonly Listed[];
  };
  return page.opportunities[0] ?? null;
}

async function exchanges(service: ServiceProcess): Promise<readonly Exchange[]> {
  const answer = (await service.getJson('/api/exchanges')) as {
    readonly exchanges: readonly Exchange[];
  };
  return answer.exchanges;
}

const areLive = (list: readonly Exchange[]) =>
  list.length === 2 && list.every(({ state }) => state === 'live') ? true : null;

beforeAll(async () => {
  collector = await createOtlpCollector();
  const options = { symbols: SYMBOLS, republishIntervalMs: 100 };
  servers = [startExchangeServer('binance', options), startExchangeServer('bybit', options)];
  for (const server of servers) {
    for (const symbol of SYMBOLS) server.setBook(symbol, [[99.9, 5]], [[100, 5]]);
  }
  market = await startMarket();
  detector = await startService(['serve'], {
    ...telemetry('detector'),
    ...{ ROLE: 'detector', MARKET_URL: market.url, MARKET_TOKEN },
  });
}, 90_000);

afterAll(async () => {
  await detector?.stop('SIGKILL');
  await market?.stop('SIGKILL');
  for (const server of servers ?? []) await server.close();
  await collector?.close();
});

describe('a detector and its market-data service', () => {
  test('see the same exchanges', async () => {
    await eventually('the market service reads both', async () => areLive(await exchanges(market)));
    await eventually('the detector does', async () => areLive(await exchanges(detector)));
    expect((await fetch(`${market.url}/ready`)).status).toBe(200);
    expect((await fetch(`${detector.url}/ready`)).status).toBe(200);
  });

  test('find an opportunity, in one trace from the detector through the service to an exchange', async () => {
    setPremium(3);
    const opportunity = await eventually('an opportunity opens', openOpportunity);
    expect(opportunity.buyExchange).toBe('binance');
    expect(opportunity.traceId).toMatch(/^[0-9a-f]{32}$/);
    await collector.waitForSpans((all) => all.some((span) => isDepthTrace(all, span)), 15_000);
    const asked = collector.spans().find((span) => isDepthTrace(collector.spans(), span));
    const spans = collector.spans().filter((span) => span.traceId === asked?.traceId);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const atExchange = servers
      .flatMap(({ requests }) => requests)
      .map(({ headers }) => headers.get('traceparent')?.split('-') ?? [])
      .find(([, id]) => id === asked?.traceId);
    const path: string[] = [];
    for (
      let span = byId.get(atExchange?.[2] ?? '');
      span !== undefined;
      span = byId.get(span.parentSpanId ?? '')
    ) {
      path.unshift(`${span.resource['service.name']} ${span.name} ${span.kind}`);
    }
    expect(path).toEqual([
      'detector arbitrage.detect_opportunities INTERNAL',
      'detector arbitrage.detect_symbol INTERNAL',
      'detector exchange.call CLIENT',
      'market GET /api/quotes/book SERVER',
      'market exchange.call CLIENT',
    ]);
  });

  test('send and take each batch in one trace, and rounds link to it', async () => {
    const countOf = (spans: readonly CollectedSpan[], wanted: string) =>
      spans.filter(({ name }) => name === wanted).length;
    const spans = await collector.waitForSpans(
      (all) => countOf(all, 'process quotes') > 30 && countOf(all, 'send quotes') > 30,
      20_000,
    );
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const taken = spans.filter(({ name }) => name === 'process quotes');
    expect(taken.length).toBeGreaterThan(10);
    const senders = taken.map((span) => byId.get(span.parentSpanId ?? ''));
    const arrived = senders.filter((span) => span !== undefined);
    expect(arrived.length).toBeGreaterThan(10);
    for (const sender of arrived) {
      expect(sender).toMatchObject({ name: 'send quotes', kind: 'PRODUCER', parentSpanId: null });
      expect(sender.resource['service.name']).toBe('market');
    }
    const rounds = spans.filter(({ name }) => name === 'arbitrage.detect_opportunities');
    const links = rounds.flatMap((round) => round.links);
    expect(links.length).toBeGreaterThan(10);
    const linked = links.filter(({ spanId }) => byId.get(spanId)?.name === 'process quotes');
    expect(linked.length).toBeGreaterThan(10);
  });

  test('survive that the market service is killed: down with a reason, then live again', async () => {
    const { port } = new URL(market.url);
    await market.stop('SIGKILL');
    const down = await eventually('the detector sees it', async () => {
      const list = await exchanges(detector);
      return list.every(({ state }) => state === 'down') ? list : null;
    });
    expect(down.map(({ reason }) => reason?.code)).toEqual([
      'feed_unavailable',
      'feed_unavailable',
    ]);
    await eventually('its opportunity closes', async () =>
      (await openOpportunity()) === null ? true : null,
    );
    market = await startMarket(port);
    await eventually('it reads again', async () => areLive(await exchanges(detector)), 40_000);
    await eventually('an opportunity opens again', openOpportunity, 40_000);
  }, 120_000);

  test('stop cleanly', async () => {
    expect(await detector.stop('SIGTERM')).toBe(0);
    expect(await market.stop('SIGTERM')).toBe(0);
  });
});

function namesOf(spans: readonly CollectedSpan[], traceId: string): readonly string[] {
  return spans
    .filter((span) => span.traceId === traceId)
    .map((span) => `${span.resource['service.name']} ${span.name}`);
}

/** A book that the market service fetched in the trace of a round of the detector. */
function isDepthTrace(spans: readonly CollectedSpan[], { name, traceId }: CollectedSpan): boolean {
  if (name !== 'GET /api/quotes/book') return false;
  return namesOf(spans, traceId).includes('detector arbitrage.detect_opportunities');
}
