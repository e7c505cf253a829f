/** Holds what was seen against a row of the fault table. */

import { expect } from 'bun:test';
import { countDropped, type ExportAccounts } from '../../../src/telemetry/export/accounts.ts';
import type { FaultRow } from './fault-rows.ts';
import { type FaultResult, ITEM_COUNT } from './run-fault-row.ts';

export function expectFault(row: FaultRow, result: FaultResult): void {
  expect(result.attemptsMs).toEqual([...row.attemptsMs]);
  expect(result.requestsCount).toBe(row.attemptsMs.length);
  expect(result.accounts).toEqual({
    startedCount: ITEM_COUNT,
    exportedCount: row.exported ?? 0,
    rejectedCount: row.rejected ?? 0,
    droppedCounts: row.dropped ?? {},
    queuedCount: 0,
  });
  if (row.message === null) expect(result.message).toBeNull();
  else expect(result.message).toContain(row.message);
  expect(result.queuedBytes).toBe(0);
  expect(addUp(result.accounts)).toBe(ITEM_COUNT);
}

function addUp(accounts: ExportAccounts): number {
  return (
    accounts.exportedCount + accounts.rejectedCount + countDropped(accounts) + accounts.queuedCount
  );
}
