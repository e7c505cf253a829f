/** A receiver as a process of its own, so that its CPU time is not counted: says its URL, ends with its standard input. */

import { openSink } from './sink.ts';

const sink = await openSink();
process.stdout.write(`${JSON.stringify({ url: sink.url })}\n`);
for await (const _chunk of process.stdin) {
  // Nothing is said to it; the loop ends when the bench does.
}
process.exit(0);
