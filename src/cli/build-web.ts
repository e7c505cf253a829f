#!/usr/bin/env bun
/** Builds the page: scripts bundled for browsers, styles and icon as they are, all in one JSON file. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WebAsset } from '../http/services.ts';

const PAGE = fileURLToPath(new URL('../web/page/', import.meta.url));
const OUTPUT = fileURLToPath(new URL('../../build/web/assets.json', import.meta.url));

const SCRIPT = 'text/javascript; charset=utf-8';

/** Same sources, same assets. @throws {AggregateError} when a source does not compile. */
export async function buildWebAssets(): Promise<readonly WebAsset[]> {
  const style = readFileSync(`${PAGE}page.css`, 'utf8');
  const icon = readFileSync(`${PAGE}icon.svg`, 'utf8');
  return [
    { path: '/assets/page.js', contentType: SCRIPT, body: await bundle('main.ts', 'esm') },
    { path: '/assets/theme.js', contentType: SCRIPT, body: await bundle('theme.ts', 'iife') },
    { path: '/assets/page.css', contentType: 'text/css; charset=utf-8', body: style },
    { path: '/assets/icon.svg', contentType: 'image/svg+xml', body: icon },
  ];
}

async function bundle(entry: string, format: 'esm' | 'iife'): Promise<string> {
  const entrypoints = [PAGE + entry];
  const { outputs } = await Bun.build({ entrypoints, format, target: 'browser', minify: true });
  const [output] = outputs;
  if (output === undefined) throw new Error(`BUG: ${entry} gave no output`);
  return output.text();
}

if (import.meta.main) {
  mkdirSync(dirname(OUTPUT), { recursive: true });
  writeFileSync(OUTPUT, JSON.stringify(await buildWebAssets()));
}
