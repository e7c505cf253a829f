/** What can stand at the end of the stream of messages. */

import type { VariantRole } from '../bench.ts';

export interface LatencySystem {
  readonly name: string;
  readonly role: VariantRole;
  /** Takes the text of a message that was received just now. */
  deliver(text: string): void;
  /** Spans exported and started; null where there are none. */
  spans(): { readonly exportedCount: number; readonly startedCount: number } | null;
  close(): Promise<void>;
}

/** Called with the symbol of each spread that a system tells of. */
export type OnSpread = (symbol: string) => void;
