/** Structured logs: levels, the active span's ids, redaction, and a limit on repeats. Where lines go is injected. */

import { type Attributes, context, isSpanContextValid, trace } from '@opentelemetry/api';
import type { Clock } from '../domain/clock.ts';
import { toExceptionAttributes } from './exceptions.ts';
import type { Redactor } from './redact.ts';
import type { Logger, LogLevel } from './telemetry.ts';

/** One log record, redacted. */
export interface LogRecord {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly attributes: Attributes;
  /** Of the span that was active; null without one. */
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly traceFlags: number;
}

export interface LogSink {
  write(record: LogRecord): void;
}

export interface LoggerOptions {
  /** Least severity that is written. */
  readonly level: LogLevel;
  readonly sinks: readonly LogSink[];
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** Of one message within the window, this many are written and the rest counted. Default 5. */
  readonly maxRepeatsCount?: number;
}

export interface FlushableLogger extends Logger {
  /** Writes the counts of repeats that were held back. */
  flushRepeats(): void;
}

/** `SeverityNumber` of `logs/v1/logs.proto`. */
export const SEVERITY_NUMBERS: Readonly<Record<LogLevel, number>> = {
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
};

/** Attribute of the record that stands for repeats: how many were held back. */
export const REPEATED_COUNT = 'log.repeated_count';

/** In which repeats of a message are counted. */
const REPEAT_WINDOW_MS = 10_000;

/** Bound of the messages whose repeats are followed at a time. */
const MAX_FOLLOWED = 256;

interface Followed {
  readonly level: LogLevel;
  readonly message: string;
  windowEndsMs: number;
  /** In its window; those over the limit are held back. */
  seenCount: number;
}

export function createLogger(options: LoggerOptions): FlushableLogger {
  const { clock, redactor, sinks, maxRepeatsCount = 5 } = options;
  const followed = new Map<string, Followed>();
  let nextSweepMs = 0;

  const write = (level: LogLevel, message: string, attributes: Attributes): void => {
    const record = { timeMs: clock.nowMs(), level, message, attributes, ...activeIds() };
    for (const sink of sinks) writeSafely(sink, record);
  };
  const release = (entry: Followed): void => {
    const heldCount = entry.seenCount - maxRepeatsCount;
    if (heldCount <= 0) return;
    write(entry.level, entry.message, { [REPEATED_COUNT]: heldCount });
    entry.seenCount = maxRepeatsCount;
  };
  const sweep = (nowMs: number): void => {
    for (const [key, entry] of followed) {
      if (nowMs < entry.windowEndsMs) continue;
      release(entry);
      followed.delete(key);
    }
    nextSweepMs = nowMs + REPEAT_WINDOW_MS;
  };
  const mayWrite = (level: LogLevel, message: string): boolean => {
    const nowMs = clock.monotonicMs();
    if (nowMs >= nextSweepMs || followed.size >= MAX_FOLLOWED) sweep(nowMs);
    const key = `${level} ${message}`;
    const before = followed.get(key);
    if (before !== undefined && nowMs < before.windowEndsMs) {
      before.seenCount += 1;
      return before.seenCount <= maxRepeatsCount;
    }
    if (before !== undefined) release(before);
    if (before !== undefined || followed.size < MAX_FOLLOWED) {
      followed.set(key, { level, message, windowEndsMs: nowMs + REPEAT_WINDOW_MS, seenCount: 1 });
    }
    return true;
  };
  const log: Logger['log'] = (level, message, attributes = {}, error = undefined) => {
    if (SEVERITY_NUMBERS[level] < SEVERITY_NUMBERS[options.level]) return;
    const text = redactor.text(message);
    if (!mayWrite(level, text)) return;
    const all =
      error === undefined ? attributes : { ...attributes, ...toExceptionAttributes(error) };
    write(level, text, redactor.attributes(all));
  };
  return {
    ...withLevels(log),
    flushRepeats: () => {
      for (const entry of followed.values()) release(entry);
    },
  };
}

/** A logger whose methods all go to `log`. */
export function withLevels(log: Logger['log']): Logger {
  return {
    log,
    debug: log.bind(null, 'debug'),
    info: log.bind(null, 'info'),
    warn: log.bind(null, 'warn'),
    error: log.bind(null, 'error'),
  };
}

function activeIds(): Pick<LogRecord, 'traceId' | 'spanId' | 'traceFlags'> {
  const active = trace.getSpanContext(context.active());
  if (active === undefined || !isSpanContextValid(active)) {
    return { traceId: null, spanId: null, traceFlags: 0 };
  }
  return { traceId: active.traceId, spanId: active.spanId, traceFlags: active.traceFlags };
}

/** A sink that fails must not fail the program that logs. */
function writeSafely(sink: LogSink, record: LogRecord): void {
  try {
    sink.write(record);
  } catch {
    // There is nowhere left to say it.
  }
}
