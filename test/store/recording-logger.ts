/** A logger that keeps its messages for a test to look at. */

import type { Logger } from '../../src/telemetry/telemetry.ts';

export interface RecordingLogger extends Logger {
  /** `level message`, in order. */
  readonly lines: readonly string[];
}

export function createRecordingLogger(): RecordingLogger {
  const lines: string[] = [];
  const log: Logger['log'] = (level, message) => {
    lines.push(`${level} ${message}`);
  };
  return {
    lines,
    log,
    debug: (message) => log('debug', message),
    info: (message) => log('info', message),
    warn: (message) => log('warn', message),
    error: (message) => log('error', message),
  };
}
