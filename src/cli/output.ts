/** Where a command's bulk output goes: a file that appears whole, or standard output. */

import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Writable } from 'node:stream';

/** A stream into `path`, which gets its name only when the stream has closed well; standard output without one. */
export async function openOutput(path: string | undefined): Promise<WritableStream<Uint8Array>> {
  return path === undefined ? toStandardOutput() : toFile(path);
}

function toStandardOutput(): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (chunk) =>
      new Promise((resolve, reject) => {
        process.stdout.write(chunk, (error) => (error ? reject(error) : resolve()));
      }),
  });
}

function toFile(path: string): WritableStream<Uint8Array> {
  const partial = `${path}.partial`;
  const writer = Writable.toWeb(createWriteStream(partial)).getWriter();
  return new WritableStream({
    write: (chunk) => writer.write(chunk),
    close: async () => {
      await writer.close();
      await rename(partial, path);
    },
    abort: async (reason) => {
      await writer.abort(reason);
      await rm(partial, { force: true });
    },
  });
}
