/** The Worker under load; its bindings say which variant it is and where spans go. */

import otlp from '../../build/otlp.wasm';
import { createEdgeTelemetry } from '../../src/telemetry/create-edge-telemetry.ts';
import { toOtlpModule } from '../../src/telemetry/lean/load-module.ts';
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
      createLayer: (options) => createEdgeTelemetry({ ...options, otlpModule: toOtlpModule(otlp) }),
    });
    return handler(request, env, context);
  },
};
