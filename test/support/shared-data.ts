/** Where the recorded market data lies: beside the repository, never inside it. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DEFAULT_ROOT = fileURLToPath(new URL('../../../shared/data', import.meta.url));

/** Path of a recorded file, or null when it is not there. `SPREADSCOPE_DATA_DIR` overrides the folder. */
export function sharedDataPath(relative: string): string | null {
  const path = `${process.env.SPREADSCOPE_DATA_DIR ?? DEFAULT_ROOT}/${relative}`;
  return existsSync(path) ? path : null;
}
