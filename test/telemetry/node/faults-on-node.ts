/** Runs on Node: the whole fault table through the requests of Node, one line of JSON for each row. */

import process from 'node:process';
import { findNodeFetch } from '../../../src/telemetry/node/node-fetch.ts';
import { FAULT_ROWS } from '../export/fault-rows.ts';
import { runFaultRow } from '../export/run-fault-row.ts';

const send = findNodeFetch();
if (send === null) throw new Error('this is a Node, and its requests were not found');
for (const row of FAULT_ROWS) {
  process.stdout.write(`${JSON.stringify(await runFaultRow(row, send))}\n`);
}
