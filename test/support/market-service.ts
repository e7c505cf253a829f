/** A market-data service on a port of this process, over any feed; it can break off, stop and come back. */

import { parseConfig } from '../../src/config.ts';
import { type Clock, systemClock } from '../../src/domain/clock.ts';
import type { Feed } from '../../src/feed/feed.ts';
import { createMarketApp, type MarketApp } from '../../src/market-app.ts';
import { createTelemetry } from '../../src/telemetry/create-telemetry.ts';
import type { Telemetry } from '../../src/telemetry/telemetry.ts';

export const MARKET_TOKEN = 'secret-of-the-test';

export interface MarketServiceRig {
  readonly url: string;
  readonly app: MarketApp;
  readonly telemetry: Telemetry;
  /** Requests so far: path with query, and the place to go on from. */
  readonly requests: readonly { readonly path: string; readonly lastEventId: string | null }[];
  /** Cuts every connection and refuses new ones, until `come`. */
  go(): Promise<void>;
  come(): void;
  /** Answers everything with this instead; null: as usual. */
  setFault(fault: (() => Response | Promise<Response>) | null): void;
  getJson(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

const PAGES = { assets: [], renderPage: () => '', renderDocs: () => '' };

export function startMarketService(feed: Feed, clock: Clock = systemClock): MarketServiceRig {
  const telemetry = createTelemetry({
    serviceName: 'market',
    env: { OTEL_TRACES_EXPORTER: 'none', TELEMETRY_RECENT_TRACES: '200' },
    log: { write: () => undefined },
  });
  const app = createMarketApp({
    version: '0.1.0',
    config: parseConfig({ ROLE: 'market', MARKET_TOKEN }),
    clock,
    createRequestId: () => crypto.randomUUID(),
    telemetry,
    feed,
    token: MARKET_TOKEN,
    web: PAGES,
  });
  const running = app.run();
  const requests: { path: string; lastEventId: string | null }[] = [];
  let fault: (() => Response | Promise<Response>) | null = null;
  const serve = (port: number) =>
    Bun.serve({
      port,
      hostname: '127.0.0.1',
      idleTimeout: 0,
      fetch: (request) => {
        const { pathname, search } = new URL(request.url);
        const lastEventId = request.headers.get('last-event-id');
        requests.push({ path: pathname + search, lastEventId });
        return fault === null ? app.fetch(request) : fault();
      },
    });
  let server = serve(0);
  const { port = 0 } = server;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    app,
    telemetry,
    requests,
    go: () => server.stop(true),
    come: () => {
      server = serve(port);
    },
    setFault: (next) => {
      fault = next;
    },
    getJson: async (path) =>
      (await fetch(url + path, { headers: { Authorization: `Bearer ${MARKET_TOKEN}` } })).json(),
    stop: async () => {
      await app.close();
      await running;
      await server.stop(true);
    },
  };
}
