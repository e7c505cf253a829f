/**
 * The layer for Workers, where size and CPU time count: traces, metrics and logs over OTLP in protobuf, spans encoded by
 * WASM as they end. There is no JSON encoding and no console exporter.
 */

import { composeTelemetry } from './compose-telemetry.ts';
import { createEncodedExport } from './encoded-export.ts';
import type { TelemetryParts } from './parts.ts';
import type { Telemetry } from './telemetry.ts';
import type { TelemetryOptions } from './telemetry-options.ts';

const EDGE_PARTS: TelemetryParts = {
  jsonCodec: null,
  createSpanExport: (options) => {
    const { otlpModule } = options;
    if (otlpModule !== null) return createEncodedExport(options, otlpModule);
    throw new TypeError('otlpModule: expected the import of spreadscope/telemetry/otlp.wasm');
  },
  createConsoleMetrics: null,
  calibrate: null,
  createTemporalityView: null,
  findFetch: null,
};

/** What only `createTelemetry` takes is left out. */
export type EdgeTelemetryOptions = Omit<
  TelemetryOptions,
  'createSdkTracing' | 'exporter' | 'loadTlsFetch' | 'watchEventLoop'
> &
  Required<Pick<TelemetryOptions, 'otlpModule'>>;

/** As `createTelemetry`. What this program was built without is ignored, with a warning that names it. */
export function createEdgeTelemetry(options: EdgeTelemetryOptions): Telemetry {
  return composeTelemetry(options, EDGE_PARTS);
}
