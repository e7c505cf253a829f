/** `GET /api/quotes/stream`, `/api/quotes/book` and `/api/quotes/clock`: what a market-data service gives detectors. */

import { z } from '@hono/zod-openapi';
import { isSpreadscopeError } from '../../domain/errors.ts';
import type { AssetNetwork } from '../../domain/network.ts';
import { isShardOf } from '../../domain/shards.ts';
import { toRecordingRecord } from '../../feed/recording/format-line.ts';
import { defineRoute } from '../define-route.ts';
import type { MarketHttpServices } from '../market-services.ts';
import { HttpProblem } from '../problem.ts';
import { createQuoteStream } from '../quote-stream.ts';
import { failed, invalid, unauthorized, unavailable } from '../schemas/problem.ts';
import {
  bookAnswer,
  bookQuery,
  clockAnswer,
  quotesHeaders,
  quotesQuery,
} from '../schemas/quotes.ts';

/** Detectors at one time. */
export const MAX_QUOTE_READERS_COUNT = 100;

const NO_NETWORKS: readonly AssetNetwork[] = [];

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // nginx would otherwise hold events back.
  'X-Accel-Buffering': 'no',
};

const DESCRIPTION = `Server-sent events for detectors (\`FEED=remote\`). \`exchanges\` comes first, then \`markets\`, then \`networks\`
where there are any, then \`updates\` with an id: the newest state of every market, and from then on what changes. With the last id as
\`Last-Event-ID\` a reader that was away gets what changed since. A reader that is slow gets newer states, and learns from the
numbers of the updates how many it missed. Each event of updates carries trace context as fields of their own names.`;

export function quotesStreamRoute(services: MarketHttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/quotes/stream',
      tags: ['Quotes'],
      summary: 'Quotes and books of all markets as they change',
      description: DESCRIPTION.replaceAll('\n', ' '),
      security: [{ bearer: [] }],
      request: { query: quotesQuery, headers: quotesHeaders },
      responses: {
        200: {
          description: 'Server-sent events',
          content: { 'text/event-stream': { schema: z.string() } },
        },
        400: invalid,
        401: unauthorized,
        503: unavailable,
        500: failed,
      },
    },
    (c) => {
      refuseWhenFull(services);
      if (c.req.method === 'HEAD') return c.body(null, 200, HEADERS);
      const { shardsCount = 1, shards } = c.req.valid('query');
      const abort = new AbortController();
      AbortSignal.any([c.req.raw.signal, services.shutdown]).addEventListener('abort', () =>
        abort.abort(),
      );
      const body = createQuoteStream({
        ...services,
        source: () => services.feed.source,
        networks: () => services.feed.networks?.() ?? NO_NETWORKS,
        runAtMs: services.startedAtMs,
        afterId: c.req.valid('header')['last-event-id'] ?? null,
        accepts: shards === undefined ? () => true : isShardOf(shards, shardsCount),
        abort,
      });
      return c.body(body, 200, HEADERS);
    },
  );
}

function refuseWhenFull({ counts, shutdown }: MarketHttpServices): void {
  const headers = { 'Retry-After': '5' };
  if (shutdown.aborted) {
    throw new HttpProblem('shutting_down', 'No new stream is opened.', { headers });
  }
  if (counts.readersCount >= MAX_QUOTE_READERS_COUNT) {
    throw new HttpProblem('too_many_streams', `At most ${MAX_QUOTE_READERS_COUNT} at one time.`, {
      headers,
    });
  }
}

export function quotesBookRoute({ clock, feed }: MarketHttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/quotes/book',
      tags: ['Quotes'],
      summary: 'The depth of one market, on demand',
      security: [{ bearer: [] }],
      request: { query: bookQuery },
      responses: {
        200: {
          description: 'A book, or why there is none',
          content: { 'application/json': { schema: bookAnswer } },
        },
        400: invalid,
        401: unauthorized,
        500: failed,
      },
    },
    async (c) => {
      const { exchange, symbol, levels } = c.req.valid('query');
      try {
        const book = await feed.fetchBook(exchange, symbol, levels, c.req.raw.signal);
        const record = toRecordingRecord({ type: 'book', book }) as Record<string, unknown>;
        return c.json({ atMs: clock.nowMs(), book: record, reason: null }, 200);
      } catch (error) {
        if (!isSpreadscopeError(error)) throw error;
        const reason = { code: error.code, message: error.message };
        return c.json({ atMs: clock.nowMs(), book: null, reason }, 200);
      }
    },
  );
}

export function quotesClockRoute({ clock }: MarketHttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/quotes/clock',
      tags: ['Quotes'],
      summary: 'The time of this service, for those who compare clocks',
      security: [{ bearer: [] }],
      responses: {
        200: { description: 'Now', content: { 'application/json': { schema: clockAnswer } } },
        401: unauthorized,
      },
    },
    (c) => c.json({ atMs: clock.nowMs() }, 200),
  );
}
