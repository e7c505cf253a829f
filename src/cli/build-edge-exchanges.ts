#!/usr/bin/env bun
/**
 * Writes the module that stands in for ccxt in the bundle of Workers: only the exchanges that `EXCHANGES` of an
 * environment of `wrangler.toml` names. wrangler runs it before it bundles (`[env.live.build]`).
 *
 *     bun src/cli/build-edge-exchanges.ts [ENVIRONMENT] [WRANGLER.TOML]
 */

import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CCXT = `${ROOT}node_modules/ccxt/js/src/`;
const SCOPE_FILE = `${ROOT}src/entry/workers/web-worker-scope.ts`;
const OUT_FILE = `${ROOT}build/edge/ccxt.js`;
/** ccxt's ids; anything else must not become part of a path. */
const EXCHANGE_ID = /^[a-z0-9]+$/;

interface WranglerSettings {
  readonly env?: Readonly<
    Record<string, { readonly vars?: Readonly<Record<string, unknown>> } | undefined>
  >;
}

/** @throws {Error} that names the setting, when it is missing or names an exchange that ccxt does not have. */
export function readExchanges(toml: string, environment: string): readonly string[] {
  const settings: WranglerSettings = Bun.TOML.parse(toml);
  const value = settings.env?.[environment]?.vars?.EXCHANGES;
  const place = `env.${environment}.vars.EXCHANGES`;
  if (typeof value !== 'string') throw new Error(`${place}: expected ccxt ids with commas between`);
  const ids = [...new Set(value.split(',').map((id) => id.trim()))];
  const unknown = ids.filter((id) => !EXCHANGE_ID.test(id) || !existsSync(`${CCXT}${id}.js`));
  if (unknown.length === 0) return ids;
  throw new Error(`${place}: ccxt has no exchange "${unknown.join('", "')}"`);
}

/** The members of the package that the feed uses, with the WebSocket class of an exchange where there is one. */
export function toExchangesModule(
  exchanges: readonly string[],
  { ccxtFolder, scopeFile }: { readonly ccxtFolder: string; readonly scopeFile: string },
): string {
  const streaming = exchanges.filter((id) => existsSync(`${CCXT}pro/${id}.js`));
  const polled = exchanges.filter((id) => !streaming.includes(id));
  return [
    `import '${scopeFile}';`,
    `import * as errors from '${ccxtFolder}base/errors.js';`,
    ...streaming.map((id) => `import ${id} from '${ccxtFolder}pro/${id}.js';`),
    ...polled.map((id) => `import ${id} from '${ccxtFolder}${id}.js';`),
    '',
    `const pro = { ${streaming.join(', ')} };`,
    `const exchanges = ${JSON.stringify(exchanges)};`,
    `export default { ...errors, ${polled.map((id) => `${id}, `).join('')}pro, exchanges };`,
    '',
  ].join('\n');
}

async function main([environment = 'live', file = `${ROOT}wrangler.toml`]: readonly string[]) {
  const exchanges = readExchanges(await readFile(file, 'utf8'), environment);
  await mkdir(dirname(OUT_FILE), { recursive: true });
  const ccxtFolder = `${relative(dirname(OUT_FILE), CCXT)}/`;
  const scopeFile = relative(dirname(OUT_FILE), SCOPE_FILE);
  await writeFile(OUT_FILE, toExchangesModule(exchanges, { ccxtFolder, scopeFile }));
  process.stderr.write(`ccxt for Workers: ${exchanges.join(', ')}\n`);
}

if (import.meta.main) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
