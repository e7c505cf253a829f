/** Prints one line for each thing that must come out the same on every runtime: a name and the SHA-256 of its bytes. */

import { systemClock } from '../../../src/domain/clock.ts';
import { createReplayFeed } from '../../../src/feed/drivers/replay/replay-feed.ts';
import { createSyntheticRecording } from '../../../src/feed/drivers/synthetic/synthetic-recording.ts';

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function* gzip(text: string): AsyncGenerator<Uint8Array> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  for await (const chunk of packed) yield chunk;
}

async function replay(text: string): Promise<string> {
  const feed = createReplayFeed({ open: () => gzip(text), speed: 'max', clock: systemClock });
  const batches = await Array.fromAsync(feed.batches(new AbortController().signal));
  return JSON.stringify(batches);
}

const shape = { seed: 5, exchangesCount: 6, symbolsCount: 30, updatesPerSecond: 800 };
const text = [...createSyntheticRecording({ ...shape, startMs: 1e12, durationMs: 20_000 })].join(
  '',
);
const lines = [`synthetic ${await sha256(text)}`, `replay ${await sha256(await replay(text))}`];
// biome-ignore lint/suspicious/noConsole: the output of this program
console.log(lines.join('\n'));
