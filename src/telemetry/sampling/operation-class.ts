/** What kind of work a span that begins a trace stands for: the key under which adaptive sampling counts it. */

import { SpanKind } from '@opentelemetry/api';
import { SPAN } from '../names.ts';
import type { SpanStart } from './policy.ts';

/** The classes that have a share by default. */
export type OperationClass = 'workflow' | 'api' | 'storage' | 'ingestion';

/**
 * Parts of the target that each class may use. Workflows say why a decision was made and get most; ingestion has the
 * most spans and the least to say. Defaults of ours.
 */
export const DEFAULT_SHARES: Readonly<Record<OperationClass, number>> = {
  workflow: 0.4,
  api: 0.3,
  storage: 0.2,
  ingestion: 0.1,
};

/**
 * Storage: whatever names a database system. Ingestion: messages, and market data that is fetched. API: other calls
 * in or out. Workflow: the rest, which is work inside the program.
 */
export function classifyOperation({ name, kind, attributes }: SpanStart): OperationClass {
  if (attributes['db.system.name'] !== undefined || attributes['db.system'] !== undefined) {
    return 'storage';
  }
  if (name === SPAN.fetchMarketData) return 'ingestion';
  if (kind === SpanKind.CONSUMER || kind === SpanKind.PRODUCER) return 'ingestion';
  if (kind === SpanKind.CLIENT || kind === SpanKind.SERVER || name === SPAN.exchangeCall) {
    return 'api';
  }
  return 'workflow';
}
