/** The single point of initialisation: every part is there. For Workers there is `create-edge-telemetry.ts`. */

import { createAnySpanExport } from './any-span-export.ts';
import { scheduleCalibration } from './calibration.ts';
import { composeTelemetry } from './compose-telemetry.ts';
import { JSON_CODEC } from './export/json-codec.ts';
import { createConsoleMetricExporter } from './metrics/console-metric-exporter.ts';
import { createTemporalityView } from './metrics/temporality.ts';
import { findNodeFetch } from './node/node-fetch.ts';
import type { TelemetryParts } from './parts.ts';
import type { Telemetry } from './telemetry.ts';
import type { TelemetryOptions } from './telemetry-options.ts';

const ALL_PARTS: TelemetryParts = {
  jsonCodec: JSON_CODEC,
  createSpanExport: createAnySpanExport,
  createConsoleMetrics: createConsoleMetricExporter,
  calibrate: scheduleCalibration,
  createTemporalityView,
  findFetch: findNodeFetch,
};

/** Builds the telemetry layer. Never throws: a fault in its set-up is logged, and that signal stays off. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  return composeTelemetry(options, ALL_PARTS);
}
