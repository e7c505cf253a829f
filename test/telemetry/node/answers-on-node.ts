/** Runs on Node: answers that the fault table has no words for. Says what it saw as one line of JSON. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import process from 'node:process';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { FetchFunction } from '../../../src/telemetry/export/post.ts';
import { readCapped } from '../../../src/telemetry/export/read-capped.ts';
import { findNodeFetch } from '../../../src/telemetry/node/node-fetch.ts';

const TEXT = 'an answer '.repeat(1_000);
const BODIES: Readonly<Record<string, Uint8Array>> = {
  '/gzip': gzipSync(TEXT),
  '/deflate': deflateSync(TEXT),
  '/br': brotliCompressSync(TEXT),
  '/broken': new Uint8Array([1, 2, 3]),
};

let connectionsCount = 0;
const server = createServer((request, response) => {
  request.resume();
  const path = request.url ?? '';
  const body = BODIES[path];
  const encoding = path === '/broken' ? 'gzip' : path.slice(1);
  if (path === '/hang') return;
  if (path === '/empty') response.writeHead(200, { 'content-length': '0' }).end();
  else response.writeHead(200, { 'content-encoding': encoding }).end(body);
});
server.on('connection', () => {
  connectionsCount += 1;
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('BUG: no TCP address');
const origin = `http://127.0.0.1:${address.port}`;

const found = findNodeFetch();
if (found === null) throw new Error('this is a Node, and its requests were not found');
const send: FetchFunction = found;

const ask = (path: string, signal = new AbortController().signal) =>
  send(`${origin}${path}`, {
    method: 'POST',
    headers: new Headers({ 'x-key': 'a' }),
    body: new Uint8Array([1]),
    redirect: 'manual',
    signal,
  });
const nameOf = (error: unknown) => (error instanceof Error ? error.name : String(error));
const readText = async (path: string, maxBytes: number) => {
  const bytes = await readCapped(await ask(path), maxBytes);
  return bytes === null ? 'over the cap' : new TextDecoder().decode(bytes) === TEXT;
};

for (let count = 0; count < 5; count += 1) await ask('/empty');
const emptyConnectionsCount = connectionsCount;
const stop = new AbortController();
const aborted = ask('/hang', stop.signal).catch(nameOf);
setTimeout(() => stop.abort(), 20);
process.stdout.write(
  `${JSON.stringify({
    emptyConnectionsCount,
    gzip: await readText('/gzip', TEXT.length),
    deflate: await readText('/deflate', TEXT.length),
    br: await readText('/br', TEXT.length),
    cappedAfterDecoding: await readText('/gzip', TEXT.length - 1),
    broken: await readText('/broken', 100).catch(nameOf),
    aborted: await aborted,
  })}\n`,
);
// Nothing is closed but the server: unused connections of the client may not keep the process alive.
server.close();
