/** `GET /api/statistics/…`: what was, taken together. */

import type { LifeStatistics } from '../../detect/life/statistics.ts';
import { defineRoute } from '../define-route.ts';
import { failed, invalid, unavailable } from '../schemas/problem.ts';
import { lifeQuery, lifeStatistics } from '../schemas/statistics.ts';
import type { HttpServices } from '../services.ts';
import { withoutAbsent } from '../without-absent.ts';

export function lifeStatisticsRoute({ clock, feed, store }: HttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/statistics/life',
      tags: ['Opportunities'],
      summary: 'How opportunities lived: survival, ghosts, area under the edge, why they closed',
      description:
        'Over the closed opportunities in the store. One that is not there at its full size 50 ms after it opened is a ghost. Where the data ended before the edge did (stale, exchange down, shutdown), what came later is not known and is not counted.',
      request: { query: lifeQuery },
      responses: {
        200: { description: 'Counts', content: { 'application/json': { schema: lifeStatistics } } },
        400: invalid,
        503: unavailable,
        500: failed,
      },
    },
    async (c) => {
      const found = await store.lifeStatistics(withoutAbsent(c.req.valid('query')));
      return c.json({ source: feed.source, atMs: clock.nowMs(), ...toJson(found) }, 200);
    },
  );
}

function toJson(found: LifeStatistics) {
  return {
    ...found,
    ghostShareRatio: toRatio(found.ghostCount, found.ghostKnownCount),
    survival: found.survival.map((each) => ({
      ...each,
      survivedRatio: toRatio(each.thereCount, each.knownCount),
    })),
  };
}

function toRatio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
