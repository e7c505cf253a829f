import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';
import { createEdgeTelemetry, type EdgeTelemetryOptions } from '../../src/telemetry/index.ts';
import { loadOtlpModule } from '../../src/telemetry/lean/load-file.ts';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';

let collector: OtlpCollector;
let otlpModule: WebAssembly.Module;
beforeAll(async () => {
  otlpModule = await loadOtlpModule();
  collector = await createOtlpCollector();
});
beforeEach(() => collector.clear());
afterAll(() => collector.close());

function setUp(env: Readonly<Record<string, string>>, given: Partial<EdgeTelemetryOptions> = {}) {
  const lines: Record<string, unknown>[] = [];
  const telemetry = createEdgeTelemetry({
    serviceName: 'edge',
    otlpModule,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env },
    log: { write: (line) => void lines.push(JSON.parse(line)) },
    ...given,
  });
  const warnings = () =>
    lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
  return { telemetry, warnings, lines };
}

test('without the WASM module there are no traces, and the log says what is missing', async () => {
  const { telemetry, lines } = setUp({}, { otlpModule: null as unknown as WebAssembly.Module });
  telemetry.tracer.startSpan('work').end();
  await telemetry.flush();
  expect(collector.spans()).toEqual([]);
  const [line] = lines.filter(({ level }) => level === 'error');
  expect(line?.message).toBe('traces could not be set up and are off');
  expect(JSON.stringify(line)).toContain('spreadscope/telemetry/otlp.wasm');
  await telemetry.shutdown();
});

test('the layer for Workers exports spans, metrics and logs in protobuf', async () => {
  const { telemetry, warnings } = setUp({});
  telemetry.tracer.startSpan('work').end();
  telemetry.meter.createCounter('c').add(1);
  telemetry.logger.info('said');
  await telemetry.flush();
  expect(warnings()).toEqual([]);
  expect(collector.spans().map(({ name }) => name)).toEqual(['work']);
  expect(collector.metrics().some(({ name }) => name === 'c')).toBe(true);
  expect(collector.requests.map(({ encoding }) => encoding)).toEqual([
    'protobuf',
    'protobuf',
    'protobuf',
  ]);
  await telemetry.shutdown();
});

test('what it was built without is ignored, by name, and what there is takes its place', async () => {
  const { telemetry, warnings } = setUp({
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_METRICS_EXPORTER: 'console',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: '/etc/ca.pem',
    TELEMETRY_TRACER: 'sdk',
  });
  const tail = 'is ignored: this program was built without it';
  expect(warnings()).toEqual([
    `TELEMETRY_TRACER=sdk ${tail}`,
    `OTEL_EXPORTER_OTLP_CERTIFICATE, CLIENT_CERTIFICATE and CLIENT_KEY for traces ${tail}`,
    `http/json for traces ${tail}`,
    `the console exporter for metrics ${tail}`,
    `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta ${tail}`,
  ]);
  telemetry.tracer.startSpan('work').end();
  await telemetry.flush();
  expect(collector.requests.map(({ encoding }) => encoding)).toEqual(['protobuf']);
  expect(telemetry.health()).toMatchObject({ exportedCount: 1, metrics: null });
  await telemetry.shutdown();
});
