/** `GET /health` and `GET /ready`. */

import { defineRoute } from '../define-route.ts';
import { createMemo } from '../memo.ts';
import { checkReadiness } from '../readiness.ts';
import { failed } from '../schemas/problem.ts';
import { health, readiness } from '../schemas/status.ts';
import type { HttpServices } from '../services.ts';

/** Checks of database and cache are shared by the callers of this long, milliseconds. */
const READY_TTL_MS = 1_000;

export function healthRoute(services: Pick<HttpServices, 'clock' | 'startedAtMs' | 'version'>) {
  const { clock, startedAtMs, version } = services;
  return defineRoute(
    {
      method: 'get',
      path: '/health',
      tags: ['Service'],
      summary: 'The process is alive',
      responses: {
        200: { description: 'Alive', content: { 'application/json': { schema: health } } },
      },
    },
    (c) => {
      const uptimeMs = Math.max(0, clock.nowMs() - startedAtMs);
      return c.json({ status: 'ok' as const, version, startedAtMs, uptimeMs }, 200);
    },
  );
}

export function readyRoute(services: HttpServices) {
  const check = createMemo(services.clock, READY_TTL_MS, () => checkReadiness(services));
  const content = { 'application/json': { schema: readiness } };
  return defineRoute(
    {
      method: 'get',
      path: '/ready',
      tags: ['Service'],
      summary: 'Every part and its state',
      description:
        'Ready means that no part has failed. A degraded or switched-off part does not count.',
      responses: {
        200: { description: 'Ready', content },
        503: { description: 'Not ready', content },
        500: failed,
      },
    },
    async (c) => {
      const answer = await check();
      return answer.ready ? c.json(answer, 200) : c.json(answer, 503);
    },
  );
}
