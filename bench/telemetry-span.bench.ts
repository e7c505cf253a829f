/** What a span costs in this process, ours against the official SDK. */

import { defineBench } from './bench.ts';
import { createActiveRows } from './telemetry/active-rows.ts';
import { createGzipRow } from './telemetry/gzip-row.ts';
import { createSpanRows } from './telemetry/span-rows.ts';

export const bench = defineBench({
  name: 'telemetry-span',
  rows: async () => [
    ...(await createSpanRows()),
    ...(await createActiveRows()),
    await createGzipRow(),
  ],
});
