import { describe, expect, test } from 'bun:test';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { failSpan, withClientSpan, withSpan } from '../../src/telemetry/index.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestTelemetry } from './support.ts';

const DATABASE = {
  'db.system.name': 'postgresql',
  'db.system': 'postgresql',
  'db.operation.name': 'SELECT',
  'db.collection.name': 'opportunities',
  'db.query.text': 'select 1',
};

function setUp(env: Readonly<Record<string, string>> = {}) {
  const clock = createFakeClock();
  const telemetry = createTestTelemetry(null, env, { clock });
  const lines = (name: string) =>
    telemetry
      .prometheus(null)
      .body.split('\n')
      .filter((line) => line.startsWith(name));
  return { clock, telemetry, tracer: telemetry.tracer, lines };
}

describe('measured tracer', () => {
  test.each([
    ['recorded', {}],
    ['not sampled', { OTEL_TRACES_SAMPLER: 'always_off' }],
  ])('measures a database call whose span is %s', async (_title, env) => {
    const { clock, tracer, lines } = setUp(env);
    await withClientSpan(tracer, 'SELECT opportunities', { attributes: DATABASE }, () =>
      clock.advance(250),
    );
    expect(lines('db_client_operation_duration_seconds_sum')).toEqual([
      'db_client_operation_duration_seconds_sum{db_system_name="postgresql",db_collection_name="opportunities",db_operation_name="SELECT"} 0.25',
    ]);
  });

  test('measures nothing when the layer is switched off', async () => {
    const { clock, tracer, lines } = setUp({ OTEL_SDK_DISABLED: 'true' });
    await withClientSpan(tracer, 'SELECT opportunities', { attributes: DATABASE }, () =>
      clock.advance(250),
    );
    expect(lines('db_client_operation')).toEqual([]);
  });

  test('takes what is known only later, and the error, sampled or not', () => {
    for (const sampler of ['always_on', 'always_off']) {
      const { tracer, lines } = setUp({ OTEL_TRACES_SAMPLER: sampler });
      const run = () =>
        withClientSpan(tracer, 'INSERT', { attributes: DATABASE }, (span) => {
          span.setAttributes({ 'db.response.status_code': '23505', 'error.type': '23505' });
          throw new Error('duplicate key');
        });
      expect(run).toThrow('duplicate key');
      expect(lines('db_client_operation_duration_seconds_count')).toEqual([
        'db_client_operation_duration_seconds_count{db_system_name="postgresql",db_collection_name="opportunities",db_operation_name="SELECT",db_response_status_code="23505",error_type="23505"} 1',
      ]);
    }
  });

  test('measures calls to exchanges, apart by what failed', () => {
    const { tracer, lines } = setUp();
    const attributes = { 'exchange.name': 'kraken', 'exchange.operation': 'fetchTickers' };
    withClientSpan(tracer, 'exchange.call', { attributes }, () => {});
    withClientSpan(tracer, 'exchange.call', { attributes }, (span) =>
      failSpan(span, Object.assign(new Error('slow'), { code: 'exchange_timeout' })),
    );
    const labels = 'exchange_name="kraken",exchange_operation="fetchTickers"';
    expect(lines('exchange_call_duration_seconds_count')).toEqual([
      `exchange_call_duration_seconds_count{${labels}} 1`,
      `exchange_call_duration_seconds_count{${labels},error_type="exchange_timeout"} 1`,
    ]);
  });

  test('counts a span once, and only spans of calls', () => {
    const { tracer, lines } = setUp();
    const span = tracer.startSpan('SELECT', { kind: SpanKind.CLIENT, attributes: DATABASE });
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    span.end();
    withSpan(tracer, 'inside', { attributes: DATABASE }, () => {});
    withClientSpan(tracer, 'other', { attributes: { 'url.full': 'http://x' } }, () => {});
    const counts = lines('db_client_operation_duration_seconds_count');
    expect(counts.length).toBe(1);
    expect(counts[0]).toEndWith('error_type="_OTHER"} 1');
  });

  test('starts active spans in all forms of the API', () => {
    const { tracer } = setUp();
    const isActive = (span: unknown) => trace.getActiveSpan() === span;
    expect(tracer.startActiveSpan('a', isActive)).toBe(true);
    expect(
      tracer.startActiveSpan('b', { kind: SpanKind.CLIENT, attributes: DATABASE }, isActive),
    ).toBe(true);
  });
});
