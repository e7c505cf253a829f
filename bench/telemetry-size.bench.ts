/** What the telemetry layer weighs, in a bundle, on the wire and in memory, and how long its set-up takes. */

import { defineBench } from './bench.ts';
import { memoryStudy } from './telemetry/memory-study.ts';
import { setUpStudy } from './telemetry/set-up-study.ts';
import { sizeStudy } from './telemetry/size-study.ts';

export const bench = defineBench({
  name: 'telemetry-size',
  rows: () =>
    Promise.resolve([
      setUpStudy,
      ...(process.versions.bun === undefined
        ? [{ name: 'size', skipped: 'the bundler is that of Bun, as is the measure of the heap' }]
        : [sizeStudy, memoryStudy]),
    ]),
});
