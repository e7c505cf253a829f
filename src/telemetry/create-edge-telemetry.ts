/**
 * The layer for Workers, where the size of the bundle counts: traces, metrics and logs over OTLP in protobuf; there is no
 * JSON encoding and no console exporter. Given the WASM module, spans are encoded as they end, for a tenth of the CPU time;
 * without it batch by batch in TypeScript.
 */

import { composeTelemetry } from './compose-telemetry.ts';
import { createEncodedExport } from './encoded-export.ts';
import type { TelemetryParts } from './parts.ts';
import { createBatchedExport } from './span-export.ts';
import type { Telemetry } from './telemetry.ts';
import type { TelemetryOptions } from './telemetry-options.ts';

const EDGE_PARTS: TelemetryParts = {
  jsonCodec: null,
  createSpanExport: (options) =>
    options.otlpModule === null
      ? createBatchedExport(options)
      : createEncodedExport(options, options.otlpModule),
  createConsoleMetrics: null,
  calibrate: null,
  createTemporalityView: null,
  findFetch: null,
};

/** What only `createTelemetry` takes is left out. */
export type EdgeTelemetryOptions = Omit<
  TelemetryOptions,
  'createSdkTracing' | 'exporter' | 'loadTlsFetch' | 'watchEventLoop'
>;

/** As `createTelemetry`. What this program was built without is ignored, with a warning that names it. */
export function createEdgeTelemetry(options: EdgeTelemetryOptions): Telemetry {
  return composeTelemetry(options, EDGE_PARTS);
}
