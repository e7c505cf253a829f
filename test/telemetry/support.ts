/** A telemetry layer for tests: quiet, exporting at once, to a collector when given one. */

import {
  createTelemetry,
  type Telemetry,
  type TelemetryOptions,
} from '../../src/telemetry/index.ts';
import { loadOtlpModule } from '../../src/telemetry/lean/load-file.ts';
import { createSdkTracing } from '../../src/telemetry/sdk-tracing.ts';

/** Ways in which spans are recorded and encoded, as options and environment; the module needs `bun run build:wasm`. */
export const TRACERS = [
  ['the lean tracer, encoding at the end', 'lean', true],
  ['the lean tracer, encoding in batches', 'lean', false],
  ["the SDK's tracer", 'sdk', false],
] as const;

/** The options of one of `TRACERS`. */
export async function toTracerOptions(hasModule: boolean): Promise<Partial<TelemetryOptions>> {
  return hasModule ? { otlpModule: await loadOtlpModule() } : {};
}

export interface TestTelemetry extends Telemetry {
  /** Log lines written so far, parsed. */
  readonly lines: readonly Record<string, unknown>[];
}

/** Spans alone; metrics and logs go where spans go when `env` is given these. */
export const ALL_SIGNALS = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_LOGS_EXPORTER: 'otlp' };

const SPANS_ALONE = { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

/** @param endpoint - base URL of a collector; null exports nothing. */
export function createTestTelemetry(
  endpoint: string | null,
  env: Readonly<Record<string, string>> = {},
  options: Partial<TelemetryOptions> = {},
): TestTelemetry {
  const lines: Record<string, unknown>[] = [];
  const telemetry = createTelemetry({
    serviceName: 'test-service',
    serviceVersion: '1.2.3',
    instanceId: 'instance-1',
    env: {
      ...(endpoint === null ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }),
      ...SPANS_ALONE,
      ...env,
    },
    createSdkTracing,
    log: { level: 'debug', write: (line) => void lines.push(JSON.parse(line)) },
    ...options,
  });
  return { ...telemetry, lines };
}
