/** `GET /api/opportunities` and `GET /api/opportunities/:id`. */

import type { Opportunity } from '../../domain/opportunity.ts';
import type { OpportunityFilter, OpportunityPage } from '../../store/store.ts';
import { defineRoute } from '../define-route.ts';
import { findOpen } from '../open-page.ts';
import { HttpProblem } from '../problem.ts';
import {
  idParams,
  opportunityAnswer,
  opportunityList,
  opportunityQuery,
} from '../schemas/opportunity.ts';
import { failed, invalid, unavailable, unknown } from '../schemas/problem.ts';
import type { HttpServices } from '../services.ts';
import { createInvalidInput } from '../validation.ts';
import { withoutAbsent } from '../without-absent.ts';

const DEFAULT_LIMIT = 50;

export function opportunitiesRoute(services: HttpServices) {
  const { clock, feed } = services;
  return defineRoute(
    {
      method: 'get',
      path: '/api/opportunities',
      tags: ['Opportunities'],
      summary: 'Opportunities, newest opened first',
      description:
        '`state=open` comes from memory and is current to the last detection round. Everything else comes from the store, which is written in batches a moment later; what is open in it is shown as it is now.',
      request: { query: opportunityQuery },
      responses: {
        200: {
          description: 'A page',
          content: { 'application/json': { schema: opportunityList } },
        },
        400: invalid,
        503: unavailable,
        500: failed,
      },
    },
    async (c) => {
      const { limit = DEFAULT_LIMIT, ...filter } = c.req.valid('query');
      const page = await findPage(services, { ...withoutAbsent(filter), limit });
      return c.json({ source: feed.source, atMs: clock.nowMs(), ...page }, 200);
    },
  );
}

async function findPage(
  { pipeline, store }: HttpServices,
  filter: OpportunityFilter,
): Promise<OpportunityPage> {
  try {
    if (filter.state === 'open') return findOpen(pipeline.open(), filter);
    const page = await store.find(filter);
    const open = new Map(pipeline.open().map((opportunity) => [opportunity.id, opportunity]));
    const newest = page.opportunities.map((stored) => toNewest(stored, open.get(stored.id)));
    return { ...page, opportunities: newest };
  } catch (error) {
    if (!(error instanceof RangeError) || filter.cursor === undefined) throw error;
    const expected = '`nextCursor` of the page before, with the same filters';
    throw createInvalidInput([{ in: 'query', field: 'cursor', expected }]);
  }
}

function toNewest(stored: Opportunity, open: Opportunity | undefined): Opportunity {
  return open !== undefined && open.revision > stored.revision ? open : stored;
}

export function opportunityRoute({ clock, feed, pipeline, store }: HttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/opportunities/{id}',
      tags: ['Opportunities'],
      summary: 'One opportunity, open or closed',
      description:
        'Open ones come from memory, closed ones from the store, which is a moment behind when one has just closed.',
      request: { params: idParams },
      responses: {
        200: {
          description: 'The opportunity',
          content: { 'application/json': { schema: opportunityAnswer } },
        },
        304: { description: 'As the client knows it by its ETag' },
        400: invalid,
        404: unknown,
        503: unavailable,
        500: failed,
      },
    },
    async (c) => {
      const { id } = c.req.valid('param');
      const open = pipeline.open().find((opportunity) => opportunity.id === id);
      const opportunity = open ?? (await store.get(id));
      if (opportunity === null) {
        throw new HttpProblem(
          'opportunity_unknown',
          'It was never seen, or is past its retention.',
        );
      }
      const tag = `W/"${opportunity.id}-${opportunity.revision}"`;
      c.header('Cache-Control', 'no-cache');
      c.header('ETag', tag);
      if (c.req.header('If-None-Match')?.includes(tag)) return c.body(null, 304);
      return c.json({ source: feed.source, atMs: clock.nowMs(), opportunity }, 200);
    },
  );
}
