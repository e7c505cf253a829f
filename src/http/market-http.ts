/** The HTTP side of a market-data service: health, exchanges, and quotes for those who know the secret. */

import { OpenAPIHono } from '@hono/zod-openapi';
import { addMiddleware, answerError, toDocumentInfo } from './app.ts';
import type { MarketHttpServices } from './market-services.ts';
import { createNotFoundHandler } from './middleware/allowed-methods.ts';
import { API_SECURITY } from './middleware/api-token.ts';
import { requireSecret } from './middleware/require-secret.ts';
import { withRefusals } from './refusals.ts';
import { healthRoute } from './routes/health.ts';
import { marketReadyRoute } from './routes/market-ready.ts';
import { exchangesRoute } from './routes/markets.ts';
import { metricsRoute } from './routes/metrics.ts';
import { addReference } from './routes/pages.ts';
import { quotesBookRoute, quotesClockRoute, quotesStreamRoute } from './routes/quotes.ts';
import { refuseInvalid } from './validation.ts';

export function createMarketHttpApp(services: MarketHttpServices) {
  const app = new OpenAPIHono({ defaultHook: refuseInvalid });
  addMiddleware(app, services);
  app.use('/api/quotes/*', requireSecret(services.token));
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'The value of MARKET_TOKEN',
  });
  const pipeline = { omitted: () => services.board.markets?.omitted ?? [] };
  const api = app.openapiRoutes([
    healthRoute(services),
    marketReadyRoute(services),
    metricsRoute(services),
    exchangesRoute({ ...services, pipeline }),
    quotesStreamRoute(services),
    quotesBookRoute(services),
    quotesClockRoute(services),
  ]);
  app.openAPIRegistry.registerComponent('securitySchemes', API_SECURITY, {
    type: 'http',
    scheme: 'bearer',
  });
  addReference(app, services, () =>
    withRefusals(api.getOpenAPI31Document(toDocumentInfo(services.version))),
  );
  app.notFound(createNotFoundHandler(app, () => services.telemetry.activeContext()));
  app.onError((error, c) => answerError(error, c, services));
  return api;
}
