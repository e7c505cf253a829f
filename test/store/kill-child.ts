/**
 * Writes numbered opportunities to the embedded database until it is killed. Says `ready` when it is open and
 * `ack FIRST LAST` when a batch is written.
 *
 * Arguments: folder, first number.
 */

import { trace } from '@opentelemetry/api';
import { createPgliteStore } from '../../src/store/drivers/pglite.ts';
import { sampleOpportunity } from './sample-opportunity.ts';

const BATCH_COUNT = 20;

const [dataDir = '', first = '0'] = process.argv.slice(2);
const store = await createPgliteStore({ dataDir, tracer: trace.getTracer('kill') });
await store.migrate();
process.stdout.write('ready\n');
for (let number = Number(first); ; number += BATCH_COUNT) {
  const batch = Array.from({ length: BATCH_COUNT }, (_, index) =>
    sampleOpportunity({ id: `n${number + index}`, openedAtMs: number + index }),
  );
  await store.write(batch);
  process.stdout.write(`ack ${number} ${number + BATCH_COUNT - 1}\n`);
}
