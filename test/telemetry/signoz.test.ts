/** What SigNoz needs beyond the stable conventions, as it arrives over OTLP. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { withCacheTelemetry } from '../../src/cache/cache-telemetry.ts';
import { createMemoryCache } from '../../src/cache/drivers/memory.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { withSqlTelemetry } from '../../src/store/sql-telemetry.ts';
import { failSpan, traceFetch, withClientSpan, withSpan } from '../../src/telemetry/index.ts';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import { ALL_SIGNALS, createTestTelemetry } from './support.ts';

let collector: OtlpCollector;
beforeAll(async () => {
  collector = await createOtlpCollector();
});
afterEach(() => collector.clear());
afterAll(() => collector.close());

describe('SigNoz', () => {
  test('filters environments by deployment.environment, beside the name of today', async () => {
    const telemetry = createTestTelemetry(collector.url, { TELEMETRY_ENVIRONMENT: 'prod' });
    telemetry.tracer.startSpan('work').end();
    await telemetry.shutdown();
    expect(collector.spans()[0]?.resource).toMatchObject({
      'deployment.environment': 'prod',
      'deployment.environment.name': 'prod',
    });
  });

  test('keys database metrics on db.system, beside the name of today', async () => {
    const telemetry = createTestTelemetry(collector.url);
    const endpoint = { namespace: 'main', serverAddress: 'db.example', serverPort: 5432 };
    const connection = withSqlTelemetry(
      {
        endpoint,
        query: async () => ({ rows: [], rowsCount: 0 }),
        transaction: async () => [],
        close: async () => {},
      },
      telemetry.tracer,
    );
    await connection.query({
      operation: 'SELECT',
      collection: 'opportunities',
      text: 'select id from opportunities where id = $1',
      params: ['secret'],
    });
    const cache = createMemoryCache({ maxEntriesCount: 10, clock: systemClock });
    const server = { serverAddress: 'cache.example', serverPort: 443 };
    await withCacheTelemetry(cache, server, telemetry.tracer).get('key');
    await telemetry.shutdown();
    const [query, get] = collector.spans();
    expect(query).toMatchObject({
      name: 'SELECT opportunities',
      kind: 'CLIENT',
      attributes: { 'db.system': 'postgresql', 'db.system.name': 'postgresql' },
    });
    expect(get?.attributes).toMatchObject({ 'db.system': 'redis', 'db.system.name': 'redis' });
    expect(JSON.stringify(query?.attributes)).not.toContain('secret');
  });

  test('shows external APIs by CLIENT spans with url.full', async () => {
    const telemetry = createTestTelemetry(collector.url);
    const attributes = { 'url.full': 'https://api.exchange.example/v1/ticker?signature=abc' };
    withClientSpan(telemetry.tracer, 'exchange.call', { attributes }, () => {});
    await telemetry.shutdown();
    expect(collector.spans()[0]).toMatchObject({
      kind: 'CLIENT',
      attributes: { 'url.full': 'https://api.exchange.example/v1/ticker?signature=REDACTED' },
    });
  });

  test('takes a span for an error by its status, and groups exceptions by type and message', async () => {
    const telemetry = createTestTelemetry(collector.url);
    await traceFetch(
      telemetry,
      () => new Response(null, { status: 500 }),
    )(new Request('http://localhost/broken'));
    withSpan(telemetry.tracer, 'work', {}, (span) =>
      failSpan(
        span,
        Object.assign(new Error('the exchange did not answer'), { code: 'exchange_timeout' }),
      ),
    );
    await telemetry.shutdown();
    const [request, work] = collector.spans();
    expect(request?.status.code).toBe('ERROR');
    expect(work?.events[0]).toMatchObject({
      name: 'exception',
      attributes: {
        'exception.type': 'exchange_timeout',
        'exception.message': 'the exchange did not answer',
      },
    });
  });

  test('finds the trace of a log record by its own fields', async () => {
    const telemetry = createTestTelemetry(collector.url, ALL_SIGNALS);
    withSpan(telemetry.tracer, 'work', {}, () => telemetry.logger.info('stored'));
    await telemetry.shutdown();
    const [span] = collector.spans();
    expect(collector.logs()[0]).toMatchObject({
      traceId: span?.traceId as string,
      spanId: span?.spanId as string,
    });
  });
});
