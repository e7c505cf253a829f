/** `GET /api/opportunities/stream`: opportunities as they open, change and close, by server-sent events. */

import { z } from '@hono/zod-openapi';
import { defineRoute } from '../define-route.ts';
import { createEventStream } from '../event-stream.ts';
import { matches } from '../open-page.ts';
import { HttpProblem } from '../problem.ts';
import { streamHeaders, streamQuery } from '../schemas/opportunity.ts';
import { failed, invalid, unavailable } from '../schemas/problem.ts';
import type { HttpServices } from '../services.ts';

/** Streams at one time in one process. */
export const MAX_STREAMS_COUNT = 1_000;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // nginx would otherwise hold events back.
  'X-Accel-Buffering': 'no',
};

const DESCRIPTION =
  `Events \`opened\`, \`updated\` and \`closed\` carry an opportunity as JSON and an id. After a
break, send the last id as \`Last-Event-ID\` (browsers do) to get what came in between. \`missed\` tells how many
messages were lost because this client was too slow or away for too long, or null when the server has started anew
since: read \`/api/opportunities?state=open\` again.
Comments keep the connection open. The stream ends when the server stops.`.replaceAll('\n', ' ');

export function streamRoute(services: HttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/opportunities/stream',
      tags: ['Opportunities'],
      summary: 'Opportunities as they open, change and close',
      description: DESCRIPTION,
      request: { query: streamQuery, headers: streamHeaders },
      responses: {
        200: {
          description: 'Server-sent events',
          content: { 'text/event-stream': { schema: z.string() } },
        },
        400: invalid,
        503: unavailable,
        500: failed,
      },
    },
    (c) => {
      refuseWhenFull(services);
      // Nobody would read, nor cancel, the body of an answer to HEAD.
      if (c.req.method === 'HEAD') return c.body(null, 200, HEADERS);
      const { symbol, exchange, lastEventId } = c.req.valid('query');
      const afterId = c.req.valid('header')['last-event-id'] ?? lastEventId;
      const abort = new AbortController();
      const signal = AbortSignal.any([abort.signal, c.req.raw.signal, services.shutdown]);
      const startId = services.pipeline.hub.lastId;
      const messages = services.pipeline.hub.subscribe({
        signal,
        ...(afterId === undefined ? {} : { afterId }),
      });
      const filter = {
        ...(symbol === undefined ? {} : { symbol }),
        ...(exchange === undefined ? {} : { exchange }),
      };
      const body = createEventStream({
        messages,
        afterId,
        startId,
        accepts: (opportunity) => matches(opportunity, filter),
        clock: services.clock,
        abort,
      });
      return c.body(body, 200, HEADERS);
    },
  );
}

function refuseWhenFull({ pipeline, shutdown }: HttpServices): void {
  const headers = { 'Retry-After': '5' };
  if (shutdown.aborted) {
    throw new HttpProblem('shutting_down', 'No new stream is opened.', { headers });
  }
  if (pipeline.hub.subscribersCount >= MAX_STREAMS_COUNT) {
    throw new HttpProblem('too_many_streams', `At most ${MAX_STREAMS_COUNT} at one time.`, {
      headers,
    });
  }
}
