/** `GET /metrics`: all metrics as a page for Prometheus, in OpenMetrics with exemplars for those who accept it. */

import { z } from '@hono/zod-openapi';
import { defineRoute } from '../define-route.ts';
import type { HttpServices } from '../services.ts';

export function metricsRoute({ telemetry }: Pick<HttpServices, 'telemetry'>) {
  const page = { schema: z.string() };
  return defineRoute(
    {
      method: 'get',
      path: '/metrics',
      tags: ['Service'],
      summary: 'Metrics for Prometheus',
      responses: {
        200: {
          description: 'Every metric, with exemplars in OpenMetrics',
          content: { 'text/plain': page, 'application/openmetrics-text': page },
        },
      },
    },
    (c) => {
      const { body, contentType } = telemetry.prometheus(c.req.header('Accept') ?? null);
      return c.body(body, 200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' });
    },
  );
}
