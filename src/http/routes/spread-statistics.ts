/** `GET /api/statistics/spreads/:symbol` and `/api/statistics/index`: what is usual between the exchanges. */

import type { SpreadStatistics, SpreadWindow } from '../../detect/life/spread-book.ts';
import { defineRoute } from '../define-route.ts';
import { symbolParams } from '../schemas/common.ts';
import { failed, invalid, unknown } from '../schemas/problem.ts';
import { indexStatistics, spreadStatistics } from '../schemas/statistics.ts';
import type { HttpServices } from '../services.ts';
import { snapshotsOf } from '../tickers.ts';

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
