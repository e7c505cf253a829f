/** `GET /api/transfers/:asset`: how an asset can go from one exchange to another now, or why it cannot. */

import { defineRoute } from '../define-route.ts';
import { HttpProblem } from '../problem.ts';
import { failed, invalid, unknown } from '../schemas/problem.ts';
import { assetParams, transfers } from '../schemas/transfers.ts';
import type { HttpServices } from '../services.ts';

export function transfersRoute({ clock, feed, pipeline }: HttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/transfers/{asset}',
      tags: ['Markets'],
      summary: 'How an asset can go from one exchange to another, or why it cannot',
      description:
        'Networks as exchanges and own terms tell them. A network is used where withdrawals are on at one end, deposits at the other, and the fee is known.',
      request: { params: assetParams },
      responses: {
        200: { description: 'The ways', content: { 'application/json': { schema: transfers } } },
        400: invalid,
        404: unknown,
        500: failed,
      },
    },
    (c) => {
      const { asset } = c.req.valid('param');
      const overview = pipeline.transfers(asset);
      if (overview === null) {
        throw new HttpProblem('asset_unknown', 'No market that is watched trades it.');
      }
      return c.json({ source: feed.source, atMs: clock.nowMs(), ...overview }, 200);
    },
  );
}
