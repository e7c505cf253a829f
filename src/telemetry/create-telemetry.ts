/** The single point of initialisation: every part is there. For Workers there is `create-edge-telemetry.ts`. */

import { createAnySpanExport } from './any-span-export.ts';
import { scheduleCalibration } from './calibration.ts';
import { composeTelemetry } from './compose-telemetry.ts';
import { JSON_CODEC } from './export/json-codec.ts';
import { createConsoleMetricExporter } from './metrics/console-metric-exporter.ts';
import { createTemporalityView } from './metrics/temporality.ts';
import { findNodeFetch } from './node/node-fetch.ts';
import type { TelemetryParts } from './parts.ts';
import { createEventLoopMonitor } from './sampling/event-loop.ts';
import type { Telemetry } from './telemetry.ts';
import type { TelemetryOptions } from './telemetry-options.ts';
import { createTlsFetch } from './tls-fetch.ts';

/** How often the event loop is looked at, and how long a program that starts may keep it busy. */
const LOOP_PERIOD_MS = 100;
const LOOP_QUIET_MS = 10_000;

const ALL_PARTS: TelemetryParts = {
  jsonCodec: JSON_CODEC,
  createSpanExport: createAnySpanExport,
  createConsoleMetrics: createConsoleMetricExporter,
  calibrate: scheduleCalibration,
  createTemporalityView,
  findFetch: findNodeFetch,
  createTlsFetch,
  createEventLoopMonitor: (clock) => createEventLoopMonitor(clock, LOOP_PERIOD_MS, LOOP_QUIET_MS),
};

/** Builds the telemetry layer. Never throws: a fault in its set-up is logged, and that signal stays off. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  return composeTelemetry(options, ALL_PARTS);
}
