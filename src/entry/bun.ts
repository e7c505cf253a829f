/** Bun: serves an app over HTTP. */

export interface ServedApp {
  fetch(request: Request): Promise<Response> | Response;
}

export interface ServeOptions {
  readonly hostname: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface HttpServer {
  /** Where it can be reached, without a slash at the end. */
  readonly url: string;
  /** Lets running requests finish; `isForced` cuts them. */
  stop(isForced?: boolean): Promise<void>;
}

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
