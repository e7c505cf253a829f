/** Bun: serves an app over HTTP. */

import type { HttpServer, ServedApp, ServeOptions } from './service.ts';

/** Largest request body, bytes: the API's own bound lies below. */
const MAX_REQUEST_BYTES = 1_048_576;

/** @throws {Error} with code `EADDRINUSE` when the port is taken. */
export function serveOnBun(app: ServedApp, { hostname, port }: ServeOptions): HttpServer {
  const server = Bun.serve({
    hostname,
    port,
    maxRequestBodySize: MAX_REQUEST_BYTES,
    // Streams stay open without traffic; their heartbeat is the app's.
    idleTimeout: 0,
    fetch: (request) => app.fetch(request),
  });
  return {
    url: `http://${hostname}:${server.port}`,
    stop: async (isForced = false) => {
      await server.stop(isForced);
    },
  };
}
