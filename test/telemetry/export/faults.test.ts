import { describe, test } from 'bun:test';
import { expectFault } from './expect-fault.ts';
import { FAULT_ROWS } from './fault-rows.ts';
import { runFaultRow } from './run-fault-row.ts';

describe('a batch meets every kind of answer', () => {
  for (const row of FAULT_ROWS) {
    test(row.title, async () => expectFault(row, await runFaultRow(row)));
  }
});
