/** All routes and what stands before them, as one Hono app. The server span is made around it, by its caller. */

import { OpenAPIHono } from '@hono/zod-openapi';
import { trace } from '@opentelemetry/api';
import type { Context } from 'hono';
import { requestId } from 'hono/request-id';
import { failSpan } from '../telemetry/spans.ts';
import { createNotFoundHandler } from './middleware/allowed-methods.ts';
import { API_SECURITY, protectByToken } from './middleware/api-token.ts';
import { bodyLimits, urlAndHeaderLimits } from './middleware/limits.ts';
import { nameSpan } from './middleware/name-span.ts';
import { crossOrigin, securityHeaders } from './middleware/security.ts';
import { PROBLEMS, toHttpProblem, toProblemResponse } from './problem.ts';
import { withRefusals } from './refusals.ts';
import { basisHistoryRoute, basisRoute } from './routes/basis.ts';
import { convertRoute } from './routes/convert.ts';
import { explainRoute } from './routes/explain.ts';
import { healthRoute, readyRoute } from './routes/health.ts';
import { INGEST_SECURITY, ingestRoute } from './routes/ingest.ts';
import { marketDataRoute } from './routes/market-data.ts';
import { exchangesRoute, spreadsRoute, tickersRoute } from './routes/markets.ts';
import { metricsRoute } from './routes/metrics.ts';
import { multiRoute } from './routes/multi.ts';
import { opportunitiesRoute, opportunityRoute } from './routes/opportunities.ts';
import { addPages } from './routes/pages.ts';
import {
  indexStatisticsRoute,
  spreadHistoryRoute,
  spreadStatisticsRoute,
} from './routes/spread-statistics.ts';
import { lifeStatisticsRoute } from './routes/statistics.ts';
import { statusRoute } from './routes/status.ts';
import { streamRoute } from './routes/stream.ts';
import { traceRoute, tracesRoute } from './routes/traces.ts';
import { transfersRoute } from './routes/transfers.ts';
import { valuationRoute } from './routes/valuation.ts';
import type { HttpServices } from './services.ts';
import { refuseInvalid } from './validation.ts';

/** The whole HTTP side of the program. */
export function createHttpApp(services: HttpServices) {
  const app = new OpenAPIHono({ defaultHook: refuseInvalid });
  addMiddleware(app, services);
  const api = app.openapiRoutes([
    healthRoute(services),
    readyRoute(services),
    metricsRoute(services),
    statusRoute(services),
    exchangesRoute(services),
    tickersRoute(services),
    marketDataRoute(services),
    spreadsRoute(services),
    explainRoute(services),
    multiRoute(services),
    convertRoute(services),
    valuationRoute(services),
    transfersRoute(services),
    basisRoute(services),
    basisHistoryRoute(services),
    opportunitiesRoute(services),
    // Before the route with an id, which would take its path.
    streamRoute(services),
    opportunityRoute(services),
    lifeStatisticsRoute(services),
    indexStatisticsRoute(services),
    spreadStatisticsRoute(services),
    spreadHistoryRoute(services),
    tracesRoute(services),
    traceRoute(services),
    ingestRoute(services),
  ]);
  app.openAPIRegistry.registerComponent('securitySchemes', INGEST_SECURITY, {
    type: 'http',
    scheme: 'bearer',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', API_SECURITY, {
    type: 'http',
    scheme: 'bearer',
  });
  addPages(app, services, () =>
    withRefusals(api.getOpenAPI31Document(toDocumentInfo(services.version))),
  );
  app.notFound(createNotFoundHandler(app, () => services.telemetry.activeContext()));
  app.onError((error, c) => answerError(error, c, services));
  return api;
}

/** Paths, inputs and answers of the API, for the typed client. */
export type AppType = ReturnType<typeof createHttpApp>;

/** What stands before every route. */
export function addMiddleware(
  app: OpenAPIHono,
  services: { readonly config: Pick<HttpServices['config'], 'corsOrigins' | 'apiToken'> } & Pick<
    HttpServices,
    'createRequestId'
  >,
): void {
  const { config, createRequestId } = services;
  app.use(nameSpan());
  app.use(securityHeaders());
  app.use(requestId({ generator: createRequestId }));
  if (config.corsOrigins.length > 0) app.use(crossOrigin(config.corsOrigins));
  if (config.apiToken !== null) app.use(protectByToken(config.apiToken));
  app.use(urlAndHeaderLimits());
  app.use(bodyLimits());
  app.use('/api/*', async function neverStored(c, next) {
    await next();
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
  });
}

/** The answer to what a route threw; what no client is to blame for is recorded. */
export function answerError(
  error: Error,
  c: Context,
  { telemetry }: Pick<HttpServices, 'telemetry'>,
): Response {
  const problem = toHttpProblem(error);
  if (PROBLEMS[problem.code].status >= 500 && problem !== error) {
    const span = trace.getSpan(telemetry.activeContext());
    if (span !== undefined) failSpan(span, error);
    const attributes = {
      'http.request.method': c.req.method,
      'http.request.header.x-request-id': [String(c.get('requestId'))],
      'error.code': problem.code,
    };
    telemetry.logger.error('A request failed', attributes, error);
  }
  return toProblemResponse(problem, c, telemetry.activeContext());
}

export function toDocumentInfo(version: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Spreadscope',
      version,
      description:
        'Price spreads between crypto exchanges that survive all their costs. Prices and sizes are exact decimal strings; times are milliseconds since the Unix epoch; edges are basis points.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    tags: [
      { name: 'Opportunities', description: 'Edges with a size, while they live and afterwards' },
      { name: 'Markets', description: 'What the exchanges quote now' },
      { name: 'Traces', description: 'How decisions came about' },
      { name: 'Service', description: 'Whether everything works' },
    ],
  };
}
