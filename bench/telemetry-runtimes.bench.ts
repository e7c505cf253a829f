/** What a span costs on Node and Deno, ours against the official SDK. */

import { defineBench } from './bench.ts';
import { createRuntimeStudies } from './telemetry/runtimes-study.ts';

export const bench = defineBench({
  name: 'telemetry-runtimes',
  rows: () => Promise.resolve(createRuntimeStudies()),
});
