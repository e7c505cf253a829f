/** What a span costs on workerd, ours against the official SDK. */

import { defineBench } from './bench.ts';
import { workerdSpans } from './workerd/spans-study.ts';

export const bench = defineBench({
  name: 'telemetry-workerd',
  rows: () =>
    Promise.resolve([
      process.versions.bun === undefined
        ? { name: 'spans', skipped: 'the Worker is bundled by Bun' }
        : workerdSpans,
    ]),
});
