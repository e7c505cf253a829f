import { expect, test } from 'bun:test';
import { createApp } from '../src/app.ts';
import { createMemoryCache } from '../src/cache/drivers/memory.ts';
import { parseConfig } from '../src/config.ts';
import { systemClock } from '../src/domain/clock.ts';
import { createSyntheticFeed } from '../src/feed/drivers/synthetic/synthetic-feed.ts';
import { createReferenceKernel } from '../src/kernel/reference.ts';
import { createTelemetry } from '../src/telemetry/create-telemetry.ts';
import { createWebPages } from '../src/web/pages.ts';
import { createMemoryStore } from './support/memory-store.ts';

test('a shutdown says which step failed and which took too long, and goes on', async () => {
  const lines: string[] = [];
  const config = parseConfig({ FEED: 'synthetic', MAX_LEGS: '2', SHUTDOWN_TIMEOUT_MS: '300' });
  const feed = createSyntheticFeed({ ...config.synthetic, clock: systemClock });
  const app = createApp({
    version: '0',
    config,
    clock: systemClock,
    random: Math.random,
    createRequestId: () => crypto.randomUUID(),
    telemetry: createTelemetry({
      serviceName: 'test',
      env: { OTEL_TRACES_EXPORTER: 'none' },
      log: { level: 'warn', format: 'json', write: (line) => lines.push(line) },
    }),
    kernel: { kind: 'reference', version: '1' },
    createKernel: createReferenceKernel,
    feed: Object.assign(feed, { close: () => Promise.reject(new Error('the feed is stuck')) }),
    store: Object.assign(createMemoryStore(), { close: () => new Promise<void>(() => undefined) }),
    cache: createMemoryCache({ maxEntriesCount: 1, clock: systemClock }),
    web: createWebPages([]),
  });
  const running = app.run();
  await app.close();
  await running;
  const said = lines.join('\n');
  expect(said).toMatch(/a step of the shutdown failed.*"step":"feed"/);
  expect(said).toMatch(/a step that took too long.*"step":"store and cache"/);
});
