/** `GET /api/statistics/spreads/:symbol` and `/api/statistics/index`: what is usual between the exchanges. */

import type { SpreadStatistics, SpreadWindow } from '../../detect/life/spread-book.ts';
import { defineRoute } from '../define-route.ts';
import { symbolParams } from '../schemas/common.ts';
import { failed, invalid, unavailable, unknown } from '../schemas/problem.ts';
import {
  indexStatistics,
  spreadHistory,
  spreadHistoryQuery,
  spreadStatistics,
} from '../schemas/statistics.ts';
import type { HttpServices } from '../services.ts';
import { snapshotsOf } from '../tickers.ts';
import { withoutAbsent } from '../without-absent.ts';

export function indexStatisticsRoute({ clock, feed, spreads }: HttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/statistics/index',
      tags: ['Markets'],
      summary: 'The arbitrage index of each symbol: highest over lowest price over the exchanges',
      responses: {
        200: {
          description: 'Indexes',
          content: { 'application/json': { schema: indexStatistics } },
        },
        500: failed,
      },
    },
    (c) => {
      const indexes = spreads.indexes();
      return c.json({ source: feed.source, atMs: clock.nowMs(), indexes }, 200);
    },
  );
}

export function spreadStatisticsRoute({ clock, feed, pipeline, spreads }: HttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/statistics/spreads/{symbol}',
      tags: ['Markets'],
      summary: 'What is usual between every two exchanges, and what is out of it now',
      description:
        'Gross spreads of usable markets, one sample a second over the last five minutes: median, robust deviation, z-score of the latest.',
      request: { params: symbolParams },
      responses: {
        200: {
          description: 'Spreads',
          content: { 'application/json': { schema: spreadStatistics } },
        },
        400: invalid,
        404: unknown,
        500: failed,
      },
    },
    (c) => {
      const { symbol } = c.req.valid('param');
      snapshotsOf(pipeline.market, symbol);
      const { omittedPairsCount } = spreads;
      const answer = { symbol, ...toJson(spreads.read(symbol)), omittedPairsCount };
      return c.json({ source: feed.source, atMs: clock.nowMs(), ...answer }, 200);
    },
  );
}

const DEFAULT_HISTORY_LIMIT = 50;

export function spreadHistoryRoute({ clock, feed, store }: HttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/statistics/spreads/{symbol}/history',
      tags: ['Markets'],
      summary: 'What was usual between the exchanges before: one window every five minutes',
      description: 'From the store. A symbol of which nothing was kept has no windows.',
      request: { params: symbolParams, query: spreadHistoryQuery },
      responses: {
        200: { description: 'Windows', content: { 'application/json': { schema: spreadHistory } } },
        400: invalid,
        503: unavailable,
        500: failed,
      },
    },
    async (c) => {
      const { symbol } = c.req.valid('param');
      const { limit = DEFAULT_HISTORY_LIMIT, ...times } = c.req.valid('query');
      const kept = await store.findSpreads({ symbol, limit, ...withoutAbsent(times) });
      const windows = kept.map(({ source, atMs, statistics }) => ({
        source,
        atMs,
        index: statistics.index,
        pairs: statistics.windows,
      }));
      return c.json({ source: feed.source, atMs: clock.nowMs(), symbol, windows }, 200);
    },
  );
}

function toJson(found: SpreadStatistics | null) {
  const { index, exchanges, windows } = found ?? { index: null, exchanges: [], windows: [] };
  const matrixOf = (read: (window: SpreadWindow) => number | null) =>
    exchanges.map((buy) =>
      exchanges.map((sell) => {
        const window = windows.find(
          ({ buyExchange, sellExchange }) => buyExchange === buy && sellExchange === sell,
        );
        return window === undefined ? null : read(window);
      }),
    );
  return {
    index,
    exchanges,
    latestBps: matrixOf(({ latestBps }) => latestBps),
    medianBps: matrixOf(({ medianBps }) => medianBps),
    zScore: matrixOf(({ zScore }) => zScore),
    pairs: windows,
  };
}
