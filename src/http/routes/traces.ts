/** `GET /api/traces` and `GET /api/traces/:traceId`: the last traces, for those without a backend. */

import { defineRoute } from '../define-route.ts';
import { HttpProblem } from '../problem.ts';
import { failed, invalid, unknown } from '../schemas/problem.ts';
import { traceAnswer, traceList, traceParams, traceQuery } from '../schemas/trace.ts';
import type { HttpServices } from '../services.ts';
import { toTraceJson } from '../traces.ts';

const DEFAULT_LIMIT = 20;

export function tracesRoute({ telemetry }: HttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/traces',
      tags: ['Traces'],
      summary: 'The last traces, newest first',
      request: { query: traceQuery },
      responses: {
        200: { description: 'Traces', content: { 'application/json': { schema: traceList } } },
        400: invalid,
        500: failed,
      },
    },
    (c) => {
      const { limit = DEFAULT_LIMIT } = c.req.valid('query');
      return c.json({ traces: telemetry.recentTraces.list(limit).map(toTraceJson) }, 200);
    },
  );
}

export function traceRoute({ telemetry }: HttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/traces/{traceId}',
      tags: ['Traces'],
      summary: 'One trace with its spans',
      request: { params: traceParams },
      responses: {
        200: { description: 'The trace', content: { 'application/json': { schema: traceAnswer } } },
        400: invalid,
        404: unknown,
        500: failed,
      },
    },
    (c) => {
      const { traceId } = c.req.valid('param');
      const found = telemetry.recentTraces.get(traceId.toLowerCase());
      if (found === null) {
        throw new HttpProblem('trace_unknown', 'Only the last traces are remembered here.');
      }
      return c.json(toTraceJson(found), 200);
    },
  );
}
