/** Recordings and their sources on disk, for the runtimes that have files (Bun, Deno, Node). */

import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { OpenBytes } from '../../recording/format.ts';
import type { ImportFile } from '../../recording/import/import-source.ts';

/** Opens the file anew at each call; a file that cannot be read fails while iterating, with the system's code. */
export function openFile(path: string): OpenBytes {
  return () => createReadStream(path);
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
