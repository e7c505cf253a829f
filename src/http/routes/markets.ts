/** `GET /api/exchanges`, `/api/tickers/:symbol` and `/api/spreads/:symbol`: from memory, at once. */

import { defineRoute } from '../define-route.ts';
import { symbolParams } from '../schemas/common.ts';
import { exchangeList, spreadMatrix, tickerList } from '../schemas/market.ts';
import { failed, invalid, unknown } from '../schemas/problem.ts';
import type { HttpServices } from '../services.ts';
import { findWidest, toSide, toSpread } from '../spreads.ts';
import { findBest, snapshotsOf, toTickerJson } from '../tickers.ts';

/** What the list of exchanges is made of. */
interface ExchangesParts {
  readonly clock: HttpServices['clock'];
  readonly feed: Pick<HttpServices['feed'], 'source' | 'exchanges'>;
  readonly pipeline: Pick<HttpServices['pipeline'], 'omitted'>;
}

export function exchangesRoute({ clock, feed, pipeline }: ExchangesParts) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/exchanges',
      tags: ['Markets'],
      summary:
        'Every exchange: state, reason, last update, round trip; symbols that are not watched',
      responses: {
        200: {
          description: 'Exchanges',
          content: { 'application/json': { schema: exchangeList } },
        },
        500: failed,
      },
    },
    (c) => {
      const exchanges = feed.exchanges();
      const omittedSymbols = pipeline.omitted();
      return c.json({ source: feed.source, atMs: clock.nowMs(), exchanges, omittedSymbols }, 200);
    },
  );
}

export function tickersRoute({ clock, config, feed, pipeline }: HttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/tickers/{symbol}',
      tags: ['Markets'],
      summary: 'Best bid and ask of a symbol on every exchange',
      request: { params: symbolParams },
      responses: {
        200: { description: 'Quotes', content: { 'application/json': { schema: tickerList } } },
        400: invalid,
        404: unknown,
        500: failed,
      },
    },
    (c) => {
      const { symbol } = c.req.valid('param');
      const snapshots = snapshotsOf(pipeline.market, symbol);
      const atMs = clock.nowMs();
      const tickers = snapshots.map((snapshot) => toTickerJson(snapshot, config.takerBps, atMs));
      return c.json({ symbol, source: feed.source, atMs, best: findBest(snapshots), tickers }, 200);
    },
  );
}

export function spreadsRoute({ clock, config, feed, pipeline }: HttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/spreads/{symbol}',
      tags: ['Markets'],
      summary: 'Spread of a symbol between every two exchanges, gross and net of taker fees',
      request: { params: symbolParams },
      responses: {
        200: { description: 'Matrix', content: { 'application/json': { schema: spreadMatrix } } },
        400: invalid,
        404: unknown,
        500: failed,
      },
    },
    (c) => {
      const { symbol } = c.req.valid('param');
      const snapshots = snapshotsOf(pipeline.market, symbol);
      const atMs = clock.nowMs();
      const sides = snapshots.map((snapshot) => toSide(snapshot, 'own'));
      const rows = sides.map((buy) => sides.map((sell) => toSpread(buy, sell)));
      const answer = {
        symbol,
        source: feed.source,
        atMs,
        exchanges: snapshots.map((snapshot) => toTickerJson(snapshot, config.takerBps, atMs)),
        grossBps: rows.map((row) => row.map((spread) => spread?.grossBps ?? null)),
        netBps: rows.map((row) => row.map((spread) => spread?.netBps ?? null)),
        best: findWidest(sides),
      };
      return c.json(answer, 200);
    },
  );
}
