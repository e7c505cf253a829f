/** What waits for a flush where nothing else may begin an export, such as on Workers. */

import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import { ALL_SIGNALS, createTestTelemetry, TRACERS, toTracerOptions } from './support.ts';

let collector: OtlpCollector;

beforeAll(async () => {
  collector = await createOtlpCollector();
});
afterEach(() => collector.clear());
afterAll(() => collector.close());

/** Batches of 2, queues of 4, no delay worth waiting for. */
const SMALL = {
  OTEL_BSP_MAX_QUEUE_SIZE: '4',
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2',
  OTEL_BSP_SCHEDULE_DELAY: '1',
  OTEL_BLRP_MAX_QUEUE_SIZE: '4',
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '2',
  OTEL_BLRP_SCHEDULE_DELAY: '1',
};

test.each(TRACERS)(
  '%s: held spans and logs leave with a flush, and the newest over a full queue are counted',
  async (_title, tracer, hasModule) => {
    const env = {
      ...ALL_SIGNALS,
      OTEL_METRICS_EXPORTER: 'none',
      ...SMALL,
      TELEMETRY_TRACER: tracer,
    };
    const telemetry = createTestTelemetry(collector.url, env, {
      ...(await toTracerOptions(hasModule)),
      log: { level: 'info', write: () => {} },
    });
    telemetry.exportOnFlushOnly();
    for (let index = 0; index < 5; index += 1) {
      telemetry.tracer.startSpan(`span ${index}`).end();
      telemetry.logger.info(`line ${index}`);
    }
    await Bun.sleep(20);
    expect(collector.spans()).toEqual([]);
    const held = telemetry.health();
    expect([held.queuedCount, held.droppedCounts.queue_full]).toEqual([4, 1]);
    expect(held.logs?.droppedCounts.queue_full).toBeGreaterThanOrEqual(1);
    await telemetry.flush();
    expect(collector.spans().map(({ name }) => name)).toEqual([
      'span 0',
      'span 1',
      'span 2',
      'span 3',
    ]);
    const { exportedCount, queuedCount, startedCount } = telemetry.health();
    expect([startedCount, exportedCount, queuedCount]).toEqual([5, 4, 0]);
    expect(telemetry.health().logs).toMatchObject({ exportedCount: 4, queuedCount: 0 });
    await telemetry.shutdown();
  },
);
