/** Cloudflare Workers: every request goes to the one Durable Object that runs the program, in one trace. */

import manifest from '../../package.json' with { type: 'json' };
import { createEdgeTelemetry } from '../telemetry/create-edge-telemetry.ts';
import { traceFetch } from '../telemetry/http-server.ts';
import { headersSetter } from '../telemetry/propagate/carriers.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { MarketBindings } from './workers/open-app.ts';

export { Market } from './workers/market.ts';

/** The members of the binding that are used. */
interface Bindings extends MarketBindings {
  readonly MARKET: { getByName(name: string): { fetch(request: Request): Promise<Response> } };
}

/** One object holds the whole market: there is one shard. */
const OBJECT_NAME = 'market';

/** Spans alone: metrics, logs and recent traces are the object's. */
const SPANS_ONLY = {
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  TELEMETRY_RECENT_TRACES: '0',
};

/** One layer for all requests that share their bindings. */
const layers = new WeakMap<object, Telemetry>();

function telemetryOf(env: Bindings, _execution: unknown): Telemetry {
  const known = layers.get(env);
  if (known !== undefined) return known;
  const layer = createEdgeTelemetry({
    env: { ...env, ...SPANS_ONLY },
    serviceName: 'spreadscope-edge',
    serviceVersion: manifest.version,
  });
  layers.set(env, layer);
  return layer;
}

function forward(request: Request, env: Bindings, execution: unknown): Promise<Response> {
  const { propagator, activeContext } = telemetryOf(env, execution);
  const headers = new Headers(request.headers);
  propagator.inject(activeContext(), headers, headersSetter);
  return env.MARKET.getByName(OBJECT_NAME).fetch(new Request(request, { headers }));
}

export default { fetch: traceFetch(telemetryOf, forward) };
