/** Requests: a server span, and on to the objects. */

import { type Config, parseConfig } from '../../config.ts';
import { isSpreadscopeError } from '../../domain/errors.ts';
import { traceFetch } from '../../telemetry/http-server.ts';
import type { Bindings } from './bindings.ts';
import { telemetryOf } from './edge-telemetry.ts';
import { createGateway } from './gateway/ask.ts';
import { routeRequest } from './gateway/route.ts';
import { createLayout } from './layout.ts';

export type EdgeConfig = Pick<Config, 'marketShardsCount' | 'ingestToken'>;

/** One reading for all events that share their bindings. */
const configs = new WeakMap<object, EdgeConfig>();

/** What the objects say of a configuration that is not valid, the first one says to everybody. */
const OF_ONE_OBJECT: EdgeConfig = { marketShardsCount: 1, ingestToken: null };

export function configOf(env: Bindings): EdgeConfig {
  const known = configs.get(env);
  if (known !== undefined) return known;
  const config = readConfig(env);
  configs.set(env, config);
  return config;
}

function readConfig(env: Bindings): EdgeConfig {
  try {
    return parseConfig(env);
  } catch (error) {
    if (isSpreadscopeError(error, 'config_invalid')) return OF_ONE_OBJECT;
    throw error;
  }
}

export const fetchHandler = traceFetch(
  (env: Bindings, _execution: unknown) => telemetryOf(env),
  (request, env) => {
    const { marketShardsCount, ingestToken } = configOf(env);
    const gateway = createGateway(env, createLayout(marketShardsCount), telemetryOf(env));
    return routeRequest(gateway, request, ingestToken);
  },
);
