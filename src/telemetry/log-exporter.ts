/** Log records over OTLP: in batches like spans, with trace and span ids in their own fields. */

import type { Attributes } from '@opentelemetry/api';
import type { Schedule } from './batch-processor.ts';
import type { BatchConfig } from './config.ts';
import type { ExportAccounts } from './export/accounts.ts';
import type { OtlpTransport } from './export/otlp-transport.ts';
import type { LogRecord, LogSink } from './logs.ts';

/** Whose records they are. */
export const LOG_SCOPE = { name: 'spreadscope' };

export interface LogLimits {
  /** Infinity: no limit. */
  readonly attributeValueLength: number;
  readonly attributeCount: number;
}

export interface LogExporterOptions {
  readonly resource: Attributes;
  /** A transport for logs; it is shut down with the exporter. */
  readonly transport: OtlpTransport;
  /** In the transport's format. */
  readonly encode: (
    resource: Attributes,
    records: readonly LimitedRecord[],
  ) => Uint8Array<ArrayBuffer>;
  readonly batch: BatchConfig;
  readonly limits: LogLimits;
  readonly schedule: Schedule;
}

export interface LogExporter extends LogSink {
  /** From now on records leave only when flushed; the newest over a full queue are dropped and counted. */
  hold(): void;
  flush(): Promise<void>;
  shutdown(): Promise<void>;
  accounts(): ExportAccounts;
}

export function createLogExporter(options: LogExporterOptions): LogExporter {
  const { batch, encode, limits, resource, transport } = options;
  let waiting: LimitedRecord[] = [];
  let cancel: (() => void) | null = null;
  let isStopped = false;
  let isHeld = false;
  let droppedCount = 0;
  const cancelTimer = () => {
    cancel?.();
    cancel = null;
  };
  const send = () => {
    cancelTimer();
    if (waiting.length === 0) return;
    void transport.send({ itemCount: waiting.length, body: encode(resource, waiting) });
    waiting = [];
  };
  return {
    write: (record) => {
      if (isHeld && waiting.length >= batch.maxQueueCount) {
        droppedCount += 1;
        return;
      }
      waiting.push(limit(record, limits));
      if (isStopped || (!isHeld && waiting.length >= batch.maxBatchCount)) send();
      else if (!isHeld) cancel ??= options.schedule(batch.scheduleDelayMs, send);
    },
    hold: () => {
      isHeld = true;
      cancelTimer();
    },
    flush: () => {
      send();
      return transport.flush(batch.exportTimeoutMs);
    },
    shutdown: () => {
      isStopped = true;
      send();
      return transport.shutdown(batch.exportTimeoutMs);
    },
    accounts: () => addDropped(transport.accounts(), droppedCount),
  };
}

function addDropped(accounts: ExportAccounts, count: number): ExportAccounts {
  if (count === 0) return accounts;
  const { droppedCounts, startedCount } = accounts;
  return {
    ...accounts,
    startedCount: startedCount + count,
    droppedCounts: { ...droppedCounts, queue_full: (droppedCounts.queue_full ?? 0) + count },
  };
}

/** A record within the limits. */
export interface LimitedRecord extends LogRecord {
  readonly droppedAttributesCount: number;
}

function limit(record: LogRecord, limits: LogLimits): LimitedRecord {
  const entries = Object.entries(record.attributes);
  const kept = entries.slice(0, limits.attributeCount).map(([key, value]) => {
    const isText = typeof value === 'string';
    return [key, isText ? value.slice(0, limits.attributeValueLength) : value] as const;
  });
  const droppedAttributesCount = entries.length - kept.length;
  return { ...record, attributes: Object.fromEntries(kept), droppedAttributesCount };
}
