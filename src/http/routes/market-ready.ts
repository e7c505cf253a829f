/** `GET /ready` of a market-data service. */

import { defineRoute } from '../define-route.ts';
import type { MarketHttpServices } from '../market-services.ts';
import { type MarketReadiness, marketReadiness } from '../schemas/quotes.ts';

export function marketReadyRoute(services: MarketHttpServices) {
  const content = { 'application/json': { schema: marketReadiness } };
  return defineRoute(
    {
      method: 'get',
      path: '/ready',
      tags: ['Service'],
      summary: 'Every part and its state',
      description: 'Ready means that an exchange delivers and that quotes are served.',
      responses: {
        200: { description: 'Ready', content },
        503: { description: 'Not ready', content },
      },
    },
    (c) => {
      const answer = toReadiness(services);
      return answer.ready ? c.json(answer, 200) : c.json(answer, 503);
    },
  );
}

function toReadiness(services: MarketHttpServices): MarketReadiness {
  const feed = toFeed(services);
  return {
    ready: feed.state !== 'failed' && !services.shutdown.aborted,
    atMs: services.clock.nowMs(),
    role: 'market',
    components: {
      feed,
      stream: { state: 'ok', detail: null, ...services.counts },
      exporter: toExporter(services),
    },
  };
}

function toFeed({
  feed,
  board,
  intake,
}: MarketHttpServices): MarketReadiness['components']['feed'] {
  const { state, error, updatesCount } = intake();
  const exchanges = feed.exchanges();
  const isLive = (each: string) => each === 'live' || each === 'degraded';
  const base = {
    exchangesCount: exchanges.length,
    liveExchangesCount: exchanges.filter((exchange) => isLive(exchange.state)).length,
    marketsCount: board.markets?.markets.length ?? 0,
    updatesCount,
  };
  if (state !== 'running') {
    return { ...base, state: 'failed', detail: error ?? `The intake has the state ${state}.` };
  }
  if (base.liveExchangesCount === 0) {
    return { ...base, state: 'failed', detail: 'No exchange delivers.' };
  }
  const lacking = exchanges.filter((exchange) => exchange.state !== 'live');
  if (lacking.length === 0) return { ...base, state: 'ok', detail: null };
  const names = lacking.map(({ exchange }) => exchange).join(', ');
  return { ...base, state: 'degraded', detail: `Not fully live: ${names}.` };
}

function toExporter({ telemetry }: MarketHttpServices): MarketReadiness['components']['exporter'] {
  const { state, startedCount, exportedCount, rejectedCount, droppedCounts, queuedCount } =
    telemetry.health();
  const droppedCount = Object.values(droppedCounts).reduce((sum, count) => sum + count, 0);
  const counts = { startedCount, exportedCount, rejectedCount, droppedCount, queuedCount };
  if (state === 'off') return { ...counts, state, detail: null };
  if (state === 'unreachable') {
    return { ...counts, state: 'degraded', detail: 'The last export failed.' };
  }
  return { ...counts, state: 'ok', detail: null };
}
