/** Recordings and their sources on disk, for the runtimes that have files (Bun, Deno, Node). */

import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SpreadscopeError } from '../../../domain/errors.ts';
import type { OpenBytes } from '../../recording/format.ts';
import type { ImportFile } from '../../recording/import/import-source.ts';

/** Opens the file anew at each call; a file that cannot be read fails while iterating, with the system's code. */
export function openFile(path: string): OpenBytes {
  return () => createReadStream(path);
}

/**
 * A recording on disk. It is read twice, markets first, which a pipe does not allow: its second half would be missed.
 *
 * @throws {SpreadscopeError} `usage_invalid` when `path` is no file; the system's error when it is not there.
 */
export async function openRecordingFile(path: string): Promise<OpenBytes> {
  if ((await stat(path)).isFile()) return openFile(path);
  const message = `${path}: expected a file, since a recording is read twice, got a folder, pipe or device`;
  throw new SpreadscopeError('usage_invalid', message);
}

/**
 * The file itself, or the files of a folder (not of folders within) in the order of their names.
 *
 * @throws the system's error, such as ENOENT, when `path` is not there.
 */
export async function openFiles(path: string): Promise<readonly ImportFile[]> {
  if (!(await stat(path)).isDirectory()) return [{ name: basename(path), open: openFile(path) }];
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  return names.sort().map((name) => ({ name, open: openFile(join(path, name)) }));
}
