/** The Worker's own telemetry: spans alone; metrics, logs and recent traces are the objects'. */

import otlp from '../../../build/otlp.wasm';
import manifest from '../../../package.json' with { type: 'json' };
import { createEdgeTelemetry } from '../../telemetry/create-edge-telemetry.ts';
import { toOtlpModule } from '../../telemetry/lean/load-module.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { Bindings } from './bindings.ts';

const SPANS_ONLY = {
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  TELEMETRY_RECENT_TRACES: '0',
};

/** One layer for all events that share their bindings. */
const layers = new WeakMap<object, Telemetry>();

export function telemetryOf(env: Bindings): Telemetry {
  const known = layers.get(env);
  if (known !== undefined) return known;
  const layer = createEdgeTelemetry({
    env: { ...env, ...SPANS_ONLY },
    serviceName: 'spreadscope-edge',
    serviceVersion: manifest.version,
    otlpModule: toOtlpModule(otlp),
  });
  layers.set(env, layer);
  return layer;
}
