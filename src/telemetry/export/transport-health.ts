/** How a transport and its backend are. */

import type { BreakerState } from './circuit-breaker.ts';

export interface OtlpTransportHealth {
  readonly state: 'unknown' | 'reachable' | 'unreachable';
  readonly breaker: BreakerState;
  /** Why the last batch did not arrive whole, without secrets; null after one that did. */
  readonly lastError: string | null;
  readonly queuedBytes: number;
  readonly queueCapacityItems: number;
}
