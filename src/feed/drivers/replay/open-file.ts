/** A recording on disk, for the runtimes that have files (Bun, Deno, Node). */

import { createReadStream } from 'node:fs';
import type { OpenBytes } from '../../recording/format.ts';

/** Opens the file anew at each call; a file that cannot be read fails while iterating, with the system's code. */
export function openFile(path: string): OpenBytes {
  return () => createReadStream(path);
}
