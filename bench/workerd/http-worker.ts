/** The Worker under load; its bindings say which variant it is and where spans go. */

import { createEdgeTelemetry } from '../../src/telemetry/create-edge-telemetry.ts';
import { createHandler, type Handler } from '../http/variants.ts';

interface Bindings {
  readonly VARIANT: string;
  readonly COLLECTOR_URL: string;
}

let handler: Handler | null = null;

export default {
  fetch(request: Request, env: Bindings, context: object): Response | Promise<Response> {
    handler ??= createHandler(env.VARIANT, {
      collectorUrl: env.COLLECTOR_URL,
      createLayer: createEdgeTelemetry,
    });
    return handler(request, env, context);
  },
};
