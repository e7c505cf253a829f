/** The files of the page, as `build/web/assets.json` holds them: built once, then plain data on every runtime. */

import type { WebAsset } from '../http/services.ts';

/** @throws {TypeError} when `value` is not what the build writes. */
export function parseWebAssets(value: unknown): readonly WebAsset[] {
  if (Array.isArray(value) && value.every(isWebAsset)) return value;
  throw new TypeError(
    'web assets: expected a list of path, contentType and body; run `bun run build`',
  );
}

function isWebAsset(value: unknown): value is WebAsset {
  if (typeof value !== 'object' || value === null) return false;
  return ['path', 'contentType', 'body'].every(
    (key) => typeof (value as Readonly<Record<string, unknown>>)[key] === 'string',
  );
}
