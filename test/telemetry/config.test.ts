import { describe, expect, test } from 'bun:test';
import {
  parseTelemetryConfig,
  TELEMETRY_VARIABLES,
  type TelemetryConfig,
  type TelemetryVariable,
} from '../../src/telemetry/index.ts';

const DEFAULTS = parseTelemetryConfig({});

/** Means something only beside another variable. */
const HAS_NO_EFFECT_ALONE = new Set([
  'OTEL_TRACES_SAMPLER_ARG',
  'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
]);

/** Values that the variable takes. */
function sampleValues(variable: TelemetryVariable): readonly string[] {
  const { kind, choices, min = 0, max = 0, name } = variable;
  if (kind === 'choice') return (choices ?? []).flatMap((one) => [one, one.toUpperCase()]);
  if (name.endsWith('_BATCH_SIZE')) return ['1', '2048'];
  if (kind === 'integer' || kind === 'number') return [`${min}`, `${max}`];
  if (kind === 'boolean') return ['true', 'FALSE'];
  if (kind === 'url') return ['https://collector.example:4318/base'];
  if (kind === 'secret' || name === 'OTEL_RESOURCE_ATTRIBUTES') return ['a=1,b=%20x'];
  if (name === 'OTEL_PROPAGATORS') return ['none', 'baggage'];
  if (name === 'TELEMETRY_SAMPLING_SHARES') return ['a=0.5,b=1'];
  return ['one.example'];
}

/** Values that it does not take; a text takes any. */
function badValues({ kind, min, max, name }: TelemetryVariable): readonly string[] {
  switch (kind) {
    case 'integer':
    case 'number':
      return ['many', `${(min ?? 0) - 1}`, `${(max ?? 0) * 2 + 1}`];
    case 'choice':
    case 'boolean':
      return ['another'];
    case 'url':
      return ['collector:4318', 'ftp://collector'];
    case 'secret':
      return ['no pair'];
    case 'list':
      return name === 'OTEL_PROPAGATORS' ? [] : ['a b c'];
    default:
      return [];
  }
}

/** With what the policy of outbound hosts says, which is made of functions. */
function toComparable({ outbound, warnings: _warnings, ...config }: TelemetryConfig) {
  return { ...config, isAllowed: outbound.allows('https://one.example/') };
}

/** All but the policy, which is made of functions. */
function toPlain({ outbound: _policy, ...config }: TelemetryConfig) {
  return config;
}

describe('parseTelemetryConfig', () => {
  test('has the defaults of the specification, but exports nothing without an endpoint', () => {
    expect(DEFAULTS).toMatchObject({
      disabled: false,
      serviceName: null,
      logLevel: 'info',
      propagators: ['tracecontext', 'baggage'],
      sampling: { kind: 'always_on', isParentBased: true, argument: null, budgetRatio: 0.01 },
      tracer: 'lean',
      spanBatch: {
        scheduleDelayMs: 5_000,
        exportTimeoutMs: 30_000,
        maxQueueCount: 2_048,
        maxBatchCount: 512,
      },
      logBatch: { scheduleDelayMs: 1_000, maxQueueCount: 2_048, maxBatchCount: 512 },
      spanLimits: {
        attributeValueLength: Infinity,
        attributeCount: 128,
        eventCount: 128,
        linkCount: 128,
        eventAttributeCount: 128,
        linkAttributeCount: 128,
      },
      traces: {
        exporter: 'none',
        otlp: {
          url: 'http://localhost:4318/v1/traces',
          headers: {},
          timeoutMs: 10_000,
          compression: 'none',
          protocol: 'http/protobuf',
        },
      },
      metrics: { exporter: 'none', intervalMs: 60_000, exemplarFilter: 'trace_based' },
      logs: { exporter: 'none' },
      redact: true,
      warnings: [],
    });
  });

  test('treats empty and blank values as unset, and ignores bindings that are not strings', () => {
    const env = Object.fromEntries(
      TELEMETRY_VARIABLES.map(({ name }, index) => [name, index % 2 === 0 ? '' : '  ']),
    );
    const config = parseTelemetryConfig({ ...env, KV: {}, OTEL_SERVICE_NAME: 5 });
    expect(toPlain(config)).toEqual(toPlain(DEFAULTS));
  });

  test('appends the path of each signal to the generic endpoint and takes a signal endpoint as it is', () => {
    const config = parseTelemetryConfig({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://ingest.example/otlp/',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://logs.example:4318',
    });
    expect(config.traces.otlp.url).toBe('https://ingest.example/otlp/v1/traces');
    expect(config.metrics.otlp.url).toBe('https://ingest.example/otlp/v1/metrics');
    expect(config.logs.otlp.url).toBe('http://logs.example:4318/');
    expect([config.traces, config.metrics, config.logs].map((signal) => signal.exporter)).toEqual([
      'otlp',
      'otlp',
      'otlp',
    ]);
  });

  test('lets a signal endpoint turn on that signal alone', () => {
    const env = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://localhost:4318/v1/traces' };
    const config = parseTelemetryConfig(env);
    expect([config.traces.exporter, config.metrics.exporter]).toEqual(['otlp', 'none']);
  });

  test('lets the exporter be named without an endpoint, and be switched off with one', () => {
    const config = parseTelemetryConfig({
      OTEL_TRACES_EXPORTER: 'OTLP',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'console',
    });
    expect(config.traces.exporter).toBe('otlp');
    expect(config.traces.otlp.url).toBe('http://localhost:4318/v1/traces');
    expect(config.metrics.exporter).toBe('none');
    expect(config.logs.exporter).toBe('console');
  });

  test('prefers the settings of a signal to the generic ones', () => {
    const config = parseTelemetryConfig({
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20abc, stream-name=default',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-key=1',
      OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '3000',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'none',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf',
    });
    expect(config.traces.otlp).toMatchObject({
      headers: { 'x-key': '1' },
      timeoutMs: 3_000,
      compression: 'none',
      protocol: 'http/protobuf',
    });
    expect(config.logs.otlp).toMatchObject({
      headers: { authorization: 'Basic abc', 'stream-name': 'default' },
      timeoutMs: 2_000,
      compression: 'gzip',
      protocol: 'http/json',
    });
  });

  test('lets OTEL_SERVICE_NAME win over resource attributes', () => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=a,deployment.environment=staging' };
    expect(parseTelemetryConfig(env)).toMatchObject({ serviceName: 'a', environment: 'staging' });
    expect(parseTelemetryConfig({ ...env, OTEL_SERVICE_NAME: 'b' }).serviceName).toBe('b');
    expect(parseTelemetryConfig({ ...env, TELEMETRY_ENVIRONMENT: 'prod' }).environment).toBe(
      'prod',
    );
  });

  test.each(['team', 'a=1,b', 'a=%zz', '=1', 'a b=1', 'a=1;b=2'])(
    'discards resource attributes whole when one pair is bad: %s',
    (given) => {
      const config = parseTelemetryConfig({ OTEL_RESOURCE_ATTRIBUTES: given });
      expect(config.resourceAttributes).toEqual({});
      expect(config.warnings.length).toBe(1);
    },
  );

  test('drops repeated propagators, and none switches all off', () => {
    const propagators = (given: string) =>
      parseTelemetryConfig({ OTEL_PROPAGATORS: given }).propagators;
    expect(propagators('baggage,tracecontext,baggage')).toEqual(['baggage', 'tracecontext']);
    expect(propagators('none')).toEqual([]);
    expect(parseTelemetryConfig({ OTEL_PROPAGATORS: 'b3' }).warnings).toEqual([
      'OTEL_PROPAGATORS is ignored: expected any of tracecontext, baggage, none',
    ]);
  });

  test('falls back from the limits of an owner to the general limits', () => {
    const { spanLimits, logLimits } = parseTelemetryConfig({
      OTEL_ATTRIBUTE_COUNT_LIMIT: '10',
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '20',
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '64',
    });
    expect(spanLimits).toMatchObject({
      attributeCount: 20,
      eventAttributeCount: 10,
      linkAttributeCount: 10,
      attributeValueLength: 64,
    });
    expect(logLimits).toEqual({ attributeCount: 10, attributeValueLength: 64 });
  });

  test('bounds the batch by the queue', () => {
    const bounded = parseTelemetryConfig({ OTEL_BSP_MAX_QUEUE_SIZE: '512' });
    expect(bounded).toMatchObject({ spanBatch: { maxBatchCount: 512 }, warnings: [] });
    const config = parseTelemetryConfig({
      OTEL_BSP_MAX_QUEUE_SIZE: '511',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '512',
    });
    expect(config.spanBatch.maxBatchCount).toBe(511);
    expect(config.warnings).toEqual([
      'OTEL_BSP_MAX_EXPORT_BATCH_SIZE is ignored: expected at most OTEL_BSP_MAX_QUEUE_SIZE',
    ]);
  });

  test.each([
    ['OTEL_SDK_DISABLED', 'yes', 'true or false'],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote', 'one of always_on'],
    ['OTEL_TRACES_SAMPLER_ARG', 'half', 'a number from 0 to'],
    ['TELEMETRY_BUDGET_RATIO', '1.01', 'a number from 0 to 1'],
    ['TELEMETRY_TRACER', 'fat', 'one of lean, sdk'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318', 'an http or https URL'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'one of http/protobuf, http/json'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '0', 'a whole number from 1'],
    ['OTEL_BSP_SCHEDULE_DELAY', '1.5', 'a whole number from 0'],
    ['OTEL_TRACES_EXPORTER', 'zipkin', 'one of otlp, console, none'],
    ['OTEL_LOG_LEVEL', 'loud', 'one of none, error'],
    ['OTEL_CONFIG_FILE', '/etc/otel.yaml', 'nothing, for it is not supported'],
    ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'mixed', 'one of cumulative, delta'],
    [
      'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
      'base2_exponential_bucket_histogram',
      'one of explicit_bucket_histogram',
    ],
  ])('ignores %s=%s with a warning that does not repeat the value', (name, value, expected) => {
    const { warnings, ...config } = toPlain(parseTelemetryConfig({ [name]: value }));
    const { warnings: _none, ...defaults } = toPlain(DEFAULTS);
    expect(config).toEqual(defaults);
    expect(warnings.length).toBe(1);
    expect(warnings[0]).toStartWith(`${name} is ignored: expected ${expected}`);
  });

  test('accepts the edges of ranges', () => {
    const env = { OTEL_TRACES_SAMPLER_ARG: '1', OTEL_EXPORTER_OTLP_TIMEOUT: '1' };
    expect(parseTelemetryConfig(env).warnings).toEqual([]);
    const sampler = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
    expect(parseTelemetryConfig(sampler).sampling.argument).toBe(0);
  });

  test('lets trace ids out to the listed hosts alone', () => {
    const { outbound } = parseTelemetryConfig({ TELEMETRY_PROPAGATE_HOSTS: 'market.example' });
    expect(outbound.allows('https://market.example/feed')).toBe(true);
    expect(outbound.allows('https://api.binance.com/')).toBe(false);
    expect(DEFAULTS.outbound.allows('https://market.example/')).toBe(false);
  });

  test.each(TELEMETRY_VARIABLES.map((variable) => [variable.name, variable] as const))(
    '%s: a value of its kind is taken, any case where it is a choice, and another is refused by name',
    (name, variable) => {
      const taken = sampleValues(variable).map((value) => parseTelemetryConfig({ [name]: value }));
      for (const { warnings } of taken) expect(warnings).toEqual([]);
      const changes = taken.filter(
        (config) => !Bun.deepEquals(toComparable(config), toComparable(DEFAULTS)),
      );
      expect(changes.length > 0).toBe(!HAS_NO_EFFECT_ALONE.has(name));
      for (const value of badValues(variable)) {
        const config = parseTelemetryConfig({ [name]: value });
        expect(config.warnings.length).toBeGreaterThan(0);
        for (const warning of config.warnings) expect(warning).toStartWith(`${name} is ignored`);
        expect(toPlain({ ...config, warnings: [] })).toEqual(toPlain(DEFAULTS));
      }
    },
  );

  test('certificates of a signal win over those of all, file by file', () => {
    const { traces, logs } = parseTelemetryConfig({
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/all/ca.pem',
      OTEL_EXPORTER_OTLP_CLIENT_KEY: '/all/key.pem',
      OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: '/traces/ca.pem',
      OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: '/traces/cert.pem',
    });
    expect(traces.otlp.tls).toEqual({
      certificate: '/traces/ca.pem',
      clientCertificate: '/traces/cert.pem',
      clientKey: '/all/key.pem',
    });
    expect(logs.otlp.tls).toEqual({
      certificate: '/all/ca.pem',
      clientCertificate: null,
      clientKey: '/all/key.pem',
    });
    expect(DEFAULTS.logs.otlp.tls).toBeNull();
  });

  test('lists each variable once, with a meaning', () => {
    const names = TELEMETRY_VARIABLES.map((variable) => variable.name);
    expect(new Set(names).size).toBe(names.length);
    expect(TELEMETRY_VARIABLES.filter((variable) => variable.meaning.length < 10)).toEqual([]);
  });
});
