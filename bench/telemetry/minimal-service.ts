/** A service that takes no more of the layer than traces over OTLP: the entry of its bundle. */

import {
  createOtlpSpanExporter,
  createOtlpTransport,
  createPropagator,
  createTracerProvider,
  traceFetch,
} from '../../src/telemetry/index.ts';

const transport = createOtlpTransport({
  signal: 'traces',
  url: 'http://localhost:4318/v1/traces',
});
export const exporter = createOtlpSpanExporter({ transport });
export const provider = createTracerProvider();
export const propagator = createPropagator({ names: ['tracecontext'] });
export { traceFetch };
