/** Sends one batch as a row of the fault table says, and tells what was seen. */

import type { ExportAccounts } from '../../../src/telemetry/export/accounts.ts';
import type { FetchFunction } from '../../../src/telemetry/export/post.ts';
import type { FaultRow } from './fault-rows.ts';
import { createTransportRig, toBatch } from './transport-rig.ts';

export const ITEM_COUNT = 5;

export interface FaultResult {
  readonly attemptsMs: readonly number[];
  readonly requestsCount: number;
  readonly accounts: ExportAccounts;
  readonly queuedBytes: number;
  readonly message: string | null;
}

/** @param send - in place of the runtime's `fetch`. */
export async function runFaultRow(row: FaultRow, send?: FetchFunction): Promise<FaultResult> {
  const rig = await createTransportRig(row.replies, row.options, send);
  try {
    const { message } = await rig.sendAndWait(toBatch(ITEM_COUNT));
    return {
      attemptsMs: rig.attemptsMs,
      requestsCount: rig.server.requests.length,
      accounts: rig.transport.accounts(),
      queuedBytes: rig.transport.health().queuedBytes,
      message,
    };
  } finally {
    await rig.close();
  }
}
