/** Where a command's bulk output goes: a file that appears whole, a pipe or device as it is, or standard output. */

import { createWriteStream } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { SpreadscopeError } from '../domain/errors.ts';

/**
 * A stream into `path`; standard output without one. A file gets its name only when the stream has closed well, and a
 * link keeps pointing at it. A pipe or a device is written into: renaming over it would destroy it.
 *
 * @throws {SpreadscopeError} `usage_invalid` when `path` is a folder; the system's error when it cannot be looked at.
 */
export async function openOutput(path: string | undefined): Promise<WritableStream<Uint8Array>> {
  if (path === undefined) return toStandardOutput();
  const found = await stat(path).catch(ignoreAbsence);
  if (found === null) return toFile(path);
  if (found.isDirectory()) {
    throw new SpreadscopeError('usage_invalid', `--out: expected a file, got the folder ${path}`);
  }
  if (found.isFile()) return toFile(await realpath(path));
  return Writable.toWeb(createWriteStream(path));
}

/**
 * `--json` of a command whose bulk output is a recording: its summary, on standard output, which must be free for it.
 *
 * @throws {SpreadscopeError} `usage_invalid` without `--out`.
 */
export function requireFreeStandardOutput(isJson: boolean, out: string | undefined): void {
  if (!isJson || out !== undefined) return;
  const message =
    '--json: expected --out <file> beside it, since the recording is on standard output';
  throw new SpreadscopeError('usage_invalid', message);
}

function ignoreAbsence(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
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
