/** What a span costs on workerd, by itself and in every mode, ours against the official SDK. */

import { defineBench } from './bench.ts';
import { workerdModes } from './workerd/modes-study.ts';
import { workerdSpans } from './workerd/spans-study.ts';

export const bench = defineBench({
  name: 'telemetry-workerd',
  rows: () =>
    Promise.resolve([
      ...(process.versions.bun === undefined
        ? [{ name: 'workerd', skipped: 'the Worker is bundled by Bun' }]
        : [workerdSpans, workerdModes]),
    ]),
});
