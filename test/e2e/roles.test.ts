/**
 * Two services as processes: a market-data service reads local exchanges through ccxt, a detector reads that service. All
 * spans of both are received over OTLP/HTTP; the exchanges note the headers that they get.
 */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { eventually } from '../support/eventually.ts';
import type { CollectedSpan } from '../support/otlp-records.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { type RoleWorld, startRoleWorld, WORLD_TOKEN } from '../support/role-world.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

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

let world: RoleWorld;
let market: ServiceProcess;
let detector: ServiceProcess;

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
  world = await startRoleWorld();
  market = await world.startMarket();
  detector = await startService(['serve'], {
    ...world.telemetry('detector'),
    ...{ ROLE: 'detector', MARKET_URL: market.url, MARKET_TOKEN: WORLD_TOKEN },
  });
});

afterAll(async () => {
  await detector?.stop('SIGKILL');
  await market?.stop('SIGKILL');
  await world?.close();
});

describe('a detector and its market-data service', () => {
  test('see the same exchanges', async () => {
    await eventually('the market service reads both', async () => areLive(await exchanges(market)));
    await eventually('the detector does', async () => areLive(await exchanges(detector)));
    expect((await fetch(`${market.url}/ready`)).status).toBe(200);
    expect((await fetch(`${detector.url}/ready`)).status).toBe(200);
  });

  test('find an opportunity, in one trace from the detector through the service to an exchange', async () => {
    world.setPremium(3);
    const opportunity = await eventually('an opportunity opens', openOpportunity);
    expect(opportunity.buyExchange).toBe('binance');
    expect(opportunity.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(await world.depthPath('detector')).toEqual([
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
    const spans = await world.collector.waitForSpans(
      (all) => countOf(all, 'process quotes') > 30 && countOf(all, 'send quotes') > 30,
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
    market = await world.startMarket(port);
    await eventually('it reads again', async () => areLive(await exchanges(detector)));
    await eventually('an opportunity opens again', openOpportunity);
  });

  test('stop cleanly', async () => {
    expect(await detector.stop('SIGTERM')).toBe(0);
    expect(await market.stop('SIGTERM')).toBe(0);
  });
});
