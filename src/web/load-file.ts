/** The page's files from the build folder: Bun and Deno. Workers bundle the same JSON as a module. */

import { readFile } from 'node:fs/promises';
import type { WebAsset } from '../http/services.ts';
import { parseWebAssets } from './assets.ts';

const BUILT_ASSETS = new URL('../../build/web/assets.json', import.meta.url);

/** @throws {Error} when the page is not built, or `location` is not what the build writes. */
export async function loadWebAssets(location: URL = BUILT_ASSETS): Promise<readonly WebAsset[]> {
  return parseWebAssets(JSON.parse(await readText(location)));
}

async function readText(location: URL): Promise<string> {
  try {
    return await readFile(location, 'utf8');
  } catch (cause) {
    throw new Error('web assets: build/web/assets.json cannot be read; run `bun run build`', {
      cause,
    });
  }
}
