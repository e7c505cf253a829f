import { describe, expect, test } from 'bun:test';
import { SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { Clock } from '../../src/domain/clock.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { isClockFrozen } from '../../src/telemetry/frozen-clock.ts';
import {
  OperationError,
  traced,
  withBudget,
  withSpan,
  withStage,
  withWorkflow,
  wrapError,
} from '../../src/telemetry/index.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestTelemetry } from './support.ts';

function setUp(clock?: Clock) {
  const telemetry = createTestTelemetry(null, {}, clock === undefined ? {} : { clock });
  const spans = () => telemetry.recentTraces.list(1)[0]?.spans ?? [];
  const named = (name: string) => spans().find((span) => span.name === name);
  return { telemetry, tracer: telemetry.tracer, spans, named };
}

describe('traced', () => {
  test('wraps a function, with attributes from its arguments', async () => {
    const { tracer, named } = setUp();
    const attributes = (symbol: string, count: number) => ({ 'crypto.symbol': symbol, count });
    const load = traced(tracer, 'load', { attributes })(async (symbol: string, count: number) =>
      symbol.repeat(count),
    );
    expect(await load('ab', 2)).toBe('abab');
    expect(named('load')?.attributes).toEqual({ 'crypto.symbol': 'ab', count: 2 });
  });

  test('decorates a method, which keeps its object', () => {
    const { tracer, named } = setUp();
    class Loader {
      readonly tracer: Tracer = tracer;
      readonly prefix = 'p-';

      @traced((self: Loader) => self.tracer, 'Loader.load', { attributes: { fixed: true } })
      load(name: string): string {
        if (name === '') throw new RangeError('a name is needed');
        return this.prefix + name;
      }
    }
    const loader = new Loader();
    expect(loader.load('x')).toBe('p-x');
    expect(named('Loader.load')?.attributes).toEqual({ fixed: true });
    expect(() => loader.load('')).toThrow('a name is needed');
    expect(named('Loader.load')?.status.code).toBe(SpanStatusCode.ERROR);
  });
});

describe('wrapError', () => {
  test('adds the operation and keeps the cause, its type and its stack', () => {
    const cause = Object.assign(new Error('refused'), { code: 'exchange_network' });
    const error = wrapError(cause, 'fetch books', { 'exchange.name': 'kraken' });
    expect(error).toBeInstanceOf(OperationError);
    expect(error).toMatchObject({ message: 'fetch books failed', code: 'exchange_network', cause });
    expect(wrapError(error, 'outer')).toBe(error);
  });

  test('is recorded once, where it was first seen, with its attributes on each span', () => {
    const { tracer, named } = setUp();
    const cause = new Error('refused');
    const run = () =>
      withSpan(tracer, 'outer', {}, () => {
        try {
          withSpan(tracer, 'inner', {}, () => {
            throw cause;
          });
        } catch (error) {
          throw wrapError(error, 'fetch books', { 'exchange.name': 'kraken' });
        }
      });
    expect(run).toThrow('fetch books failed');
    expect(named('inner')?.events.map((event) => event.name)).toEqual(['exception']);
    expect(named('outer')?.events).toEqual([]);
    expect(named('outer')?.attributes).toEqual({
      'error.type': 'Error',
      'exchange.name': 'kraken',
    });
    expect(named('outer')?.status.message).toBe('fetch books failed');
  });

  test('tells the stacks of all causes', () => {
    const { tracer, named } = setUp();
    expect(() =>
      withSpan(tracer, 'work', {}, () => {
        throw wrapError(new TypeError('bad row'), 'parse');
      }),
    ).toThrow();
    const attributes = named('work')?.events[0]?.attributes;
    expect(attributes?.['exception.type']).toBe('TypeError');
    expect(attributes?.['exception.stacktrace']).toContain('Caused by: TypeError: bad row');
  });
});

describe('withBudget', () => {
  test('takes the whole budget and marks what goes over it', async () => {
    const clock = createFakeClock();
    const { telemetry, tracer, named } = setUp();
    const run = (name: string, durationMs: number) =>
      withSpan(tracer, name, {}, () =>
        withBudget(telemetry, { operation: name, budgetMs: 50, clock }, () =>
          clock.advance(durationMs),
        ),
      );
    await run('in time', 50);
    expect(named('in time')?.attributes).toEqual({ 'crypto.budget_ms': 50 });
    await run('late', 51);
    expect(named('late')?.attributes).toEqual({
      'crypto.budget_ms': 50,
      'crypto.budget_exceeded': true,
      'crypto.duration_ms': 51,
    });
    const page = telemetry.prometheus(null).body;
    expect(page).toContain('\ntelemetry_budget_overruns_total{crypto_operation="late"} 1\n');
    expect(page).not.toContain('in time');
  });

  test('measures work that throws, and lets the error through', () => {
    const { telemetry } = setUp();
    let nowMs = 0;
    const clock: Clock = { ...systemClock, monotonicMs: () => nowMs };
    const run = () =>
      withBudget(telemetry, { operation: 'broken', budgetMs: 1, clock }, () => {
        nowMs = 2;
        throw new Error('broken');
      });
    expect(run).toThrow('broken');
    expect(telemetry.prometheus(null).body).toContain('{crypto_operation="broken"} 1');
  });
});

describe('workflows and stages', () => {
  test('carry the id of the workflow to every span below', async () => {
    const { telemetry, spans } = setUp();
    await withWorkflow(telemetry, { workflowId: 'run-7' }, async () => {
      await Promise.resolve();
      withStage(telemetry, { stage: 'ingest' }, () =>
        withSpan(telemetry.tracer, 'row', {}, () => {}),
      );
    });
    const [id, stage] = ['crypto.workflow_id', 'crypto.processing_stage'] as const;
    expect(
      spans().map(({ name, attributes }) => [name, attributes[id], attributes[stage]]),
    ).toEqual([
      ['crypto.workflow', 'run-7', undefined],
      ['crypto.processing_stage', 'run-7', 'ingest'],
      ['row', 'run-7', 'ingest'],
    ]);
  });

  test('say how much a stage processed and how fast', async () => {
    const clock = createFakeClock();
    const { telemetry, named } = setUp();
    await withStage(telemetry, { stage: 'ingest', clock }, async (progress) => {
      progress.addRecords(300);
      progress.addRecords(200);
      progress.addBytes(4_000);
      await clock.advance(250);
    });
    expect(named('crypto.processing_stage')?.attributes).toEqual({
      'crypto.processing_stage': 'ingest',
      'crypto.record_count': 500,
      'crypto.data_size_bytes': 4_000,
      'crypto.records_per_second': 2_000,
      'crypto.bytes_per_second': 16_000,
    });
  });

  test('say how far a stage came that failed, and no speed when the clock stood still', () => {
    const clock = createFakeClock();
    const { telemetry, named } = setUp();
    const run = () =>
      withStage(telemetry, { stage: 'ingest', clock }, (progress) => {
        progress.addRecords(3);
        throw new Error('bad row');
      });
    expect(run).toThrow('bad row');
    expect(named('crypto.processing_stage')?.attributes).toEqual({
      'crypto.processing_stage': 'ingest',
      'crypto.record_count': 3,
      'error.type': 'Error',
    });
  });
});

describe('frozen clocks', () => {
  test('are told from clocks that run', () => {
    expect(isClockFrozen(createFakeClock())).toBe(true);
    expect(isClockFrozen(systemClock)).toBe(false);
  });

  test('are said on spans that lasted no time, and on no others', () => {
    const { tracer, named } = setUp(createFakeClock());
    const startTime = Date.now();
    tracer.startSpan('computed', { startTime }).end(startTime);
    expect(named('computed')?.attributes).toEqual({ 'crypto.clock_frozen': true });
    tracer.startSpan('waited', { startTime }).end(startTime + 5);
    expect(named('waited')?.attributes).toEqual({});
  });

  test('are not said where clocks run', () => {
    const { tracer, named } = setUp();
    const startTime = Date.now();
    tracer.startSpan('short', { startTime }).end(startTime);
    expect(named('short')?.attributes).toEqual({});
  });
});
