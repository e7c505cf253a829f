/** `GET /api/status`: what is screened, and what is left at each step. */

import { defineRoute } from '../define-route.ts';
import { createMemo } from '../memo.ts';
import { failed } from '../schemas/problem.ts';
import { type StatusJson, status } from '../schemas/status.ts';
import { screenBestPrices } from '../screening.ts';
import type { HttpServices } from '../services.ts';

/** The screening looks at every market; it is shared by the callers of this long, milliseconds. */
const SCREENING_TTL_MS = 1_000;

export function statusRoute(services: HttpServices) {
  const { clock, config, feed, journal, pipeline, startedAtMs, version } = services;
  const screening = createMemo(clock, SCREENING_TTL_MS, () => ({
    atMs: clock.nowMs(),
    ...screenBestPrices(pipeline.market, config),
  }));
  return defineRoute(
    {
      method: 'get',
      path: '/api/status',
      tags: ['Service'],
      summary: 'What is screened now, and why there is no opportunity',
      responses: {
        200: { description: 'Counts', content: { 'application/json': { schema: status } } },
        500: failed,
      },
    },
    (c) => {
      const times = { atMs: clock.nowMs(), startedAtMs };
      return c.json(
        {
          source: feed.source,
          version,
          ...times,
          thresholds: toThresholds(config),
          pipeline: toPipelineJson(pipeline),
          ...(journal === undefined ? {} : { outbox: journal.accounts() }),
          screening: screening(),
        },
        200,
      );
    },
  );
}

function toThresholds(config: HttpServices['config']): StatusJson['thresholds'] {
  const { openEdgeBps, closeEdgeBps, maxAgeMs, maxNotionalInQuote } = config;
  return {
    openEdgeBps,
    closeEdgeBps,
    maxAgeMs: Number.isFinite(maxAgeMs) ? maxAgeMs : null,
    maxNotionalInQuote: Number.isFinite(maxNotionalInQuote) ? maxNotionalInQuote : null,
  };
}

/** The pipeline's own error text stays inside. */
function toPipelineJson(pipeline: HttpServices['pipeline']): StatusJson['pipeline'] {
  const {
    state,
    roundsCount,
    updatesCount,
    candidatesCount,
    openedCount,
    closedCount,
    lastRoundAtMs,
  } = pipeline.status();
  const counts = { roundsCount, updatesCount, candidatesCount, openedCount, closedCount };
  return { state, ...counts, openCount: pipeline.open().length, lastRoundAtMs };
}
