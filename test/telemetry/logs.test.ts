import { describe, expect, test } from 'bun:test';
import { createRedactor, withSpan } from '../../src/telemetry/index.ts';
import { createLineSink, type LogFormat } from '../../src/telemetry/log-lines.ts';
import { createLogger, type LoggerOptions } from '../../src/telemetry/logs.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestTelemetry } from './support.ts';

function createTestLogger(format: LogFormat, options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const clock = createFakeClock(1_700_000_000_123);
  const logger = createLogger({
    level: 'debug',
    clock,
    redactor: createRedactor(),
    sinks: [createLineSink(format, (line) => void lines.push(line))],
    ...options,
  });
  return { logger, lines, clock };
}

describe('logger', () => {
  test('writes JSON lines with the ids of the active span', async () => {
    const telemetry = createTestTelemetry(null);
    const ids = await withSpan(telemetry.tracer, 'work', {}, async (span) => {
      await Promise.resolve();
      telemetry.logger.info('stored', { count: 2 });
      return span.spanContext();
    });
    telemetry.logger.info('outside');
    expect(telemetry.lines).toMatchObject([
      {
        level: 'info',
        message: 'stored',
        attributes: { count: 2 },
        trace_id: ids.traceId,
        span_id: ids.spanId,
      },
      { message: 'outside' },
    ]);
    expect(telemetry.lines[1]).not.toHaveProperty('trace_id');
    expect(telemetry.lines[1]).not.toHaveProperty('attributes');
  });

  test('writes readable text with the stack below', () => {
    const { logger, lines } = createTestLogger('text');
    logger.warn('slow', { exchange: 'kraken', note: 'two words' });
    const error = new Error('boom');
    error.stack = 'Error: boom\n    at here';
    logger.error('failed', {}, error);
    expect(lines).toEqual([
      '22:13:20.123 WARN  slow exchange=kraken note="two words"',
      '22:13:20.123 ERROR failed exception.type=Error exception.message=boom\nError: boom\n    at here',
    ]);
  });

  test('leaves out what is below its level', () => {
    const { logger, lines } = createTestLogger('text', { level: 'warn' });
    logger.debug('a');
    logger.info('b');
    logger.warn('c');
    logger.log('error', 'd');
    expect(lines.length).toBe(2);
  });

  test('writes the first five of a message in ten seconds and then their number', async () => {
    const { logger, lines, clock } = createTestLogger('json');
    for (let index = 0; index < 12; index += 1) logger.warn('down', { index });
    logger.warn('other');
    expect(lines.length).toBe(6);
    await clock.advance(9_999);
    logger.warn('down');
    expect(lines.length).toBe(6);
    await clock.advance(1);
    logger.warn('down', { index: 99 });
    expect(lines.slice(6).map((line) => JSON.parse(line).attributes)).toEqual([
      { 'log.repeated_count': 8 },
      { index: 99 },
    ]);
  });

  test('says how many repeats it held back when it is flushed', () => {
    const { logger, lines } = createTestLogger('json', { maxRepeatsCount: 1 });
    logger.info('again');
    logger.info('again');
    logger.error('again');
    logger.flushRepeats();
    logger.flushRepeats();
    expect(lines.map((line) => JSON.parse(line)).map((row) => [row.level, row.attributes])).toEqual(
      [
        ['info', undefined],
        ['error', undefined],
        ['info', { 'log.repeated_count': 1 }],
      ],
    );
  });

  test('follows a bounded number of messages and writes the rest', () => {
    const { logger, lines } = createTestLogger('json', { maxRepeatsCount: 1 });
    for (let index = 0; index < 1_000; index += 1) logger.info(`message ${index}`);
    expect(lines.length).toBe(1_000);
  });

  test('redacts messages, attributes and errors', () => {
    const { logger, lines } = createTestLogger('json');
    logger.error('token=abc12345', { url: 'https://u:p@x.example/' }, new Error('secret=zzz9'));
    expect(lines[0]).not.toContain('abc12345');
    expect(lines[0]).not.toContain('zzz9');
    expect(lines[0]).toContain('https://REDACTED:REDACTED@x.example/');
  });

  test('does not fail when a sink does', () => {
    const { logger } = createTestLogger('json', {
      sinks: [
        {
          write: () => {
            throw new Error('disk full');
          },
        },
      ],
    });
    expect(() => logger.info('hello')).not.toThrow();
  });
});

describe('what the layer says about itself', () => {
  const WRONG = { OTEL_BSP_SCHEDULE_DELAY: 'soon' };

  test('is logged at the level of OTEL_LOG_LEVEL, apart from the level of the service', () => {
    expect(createTestTelemetry(null, WRONG).lines.length).toBe(1);
    expect(createTestTelemetry(null, { ...WRONG, OTEL_LOG_LEVEL: 'error' }).lines).toEqual([]);
    const quiet = createTestTelemetry(null, { ...WRONG, OTEL_LOG_LEVEL: 'none' });
    quiet.logger.warn('of the service');
    expect(quiet.lines.map((line) => line.message)).toEqual(['of the service']);
  });

  test('includes what the API reports of its own use', () => {
    const telemetry = createTestTelemetry(null);
    const span = telemetry.tracer.startSpan('twice');
    span.end();
    span.end();
    expect(telemetry.lines.map((line) => line.level)).toEqual(['error']);
    expect(String(telemetry.lines[0]?.message)).toStartWith('OpenTelemetry: ');
    const silent = createTestTelemetry(null, { OTEL_LOG_LEVEL: 'none' });
    span.end();
    expect(silent.lines).toEqual([]);
  });
});
