/** What telemetry costs an operation, in every mode, ours against the official SDK. */

import { defineBench } from './bench.ts';
import { modesStudy } from './telemetry/modes-study.ts';

export const bench = defineBench({
  name: 'telemetry-modes',
  rows: () => Promise.resolve([modesStudy]),
});
