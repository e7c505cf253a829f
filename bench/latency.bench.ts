/** From a message received to its opportunity on the stream, with all of the engine and tracing on. */

import { defineBench } from './bench.ts';
import { latencyStudy } from './latency/latency-study.ts';

export const bench = defineBench({ name: 'latency', rows: () => Promise.resolve([latencyStudy]) });
