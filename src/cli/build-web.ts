#!/usr/bin/env bun
/**
 * Builds the page: scripts bundled for browsers, styles and icon as they are. All in one JSON file, for servers, and as
 * files that Cloudflare serves without calling the Worker (`[assets]` in wrangler.toml).
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WebAsset } from '../http/services.ts';

const PAGE = fileURLToPath(new URL('../web/page/', import.meta.url));
const OUTPUT = fileURLToPath(new URL('../../build/web/assets.json', import.meta.url));
const PUBLIC = fileURLToPath(new URL('../../build/web/public', import.meta.url));
/** For the files that the Worker does not answer for (Workers static assets, "Headers"); as `http/middleware/security.ts`. */
const HEADERS = `/assets/*
  Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
  Cross-Origin-Resource-Policy: same-origin
  Referrer-Policy: no-referrer
  X-Content-Type-Options: nosniff
  X-Frame-Options: DENY
`;

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

function writePublicFiles(assets: readonly WebAsset[]): void {
  mkdirSync(`${PUBLIC}/assets`, { recursive: true });
  for (const { path, body } of assets) writeFileSync(PUBLIC + path, body);
  writeFileSync(`${PUBLIC}/_headers`, HEADERS);
}

if (import.meta.main) {
  const assets = await buildWebAssets();
  mkdirSync(dirname(OUTPUT), { recursive: true });
  writeFileSync(OUTPUT, JSON.stringify(assets));
  writePublicFiles(assets);
}
