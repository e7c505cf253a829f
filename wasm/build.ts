/**
 * Builds every WASM module of this folder: `<name>/index.ts` → `build/<name>.wasm`.
 *
 *  bun wasm/build.ts            build all of them
 *   bun wasm/build.ts --check   build each module twice; fail when the two differ or `build/` is not what they are
 */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const WASM_FOLDER = fileURLToPath(new URL('.', import.meta.url));
const BUILD_FOLDER = fileURLToPath(new URL('../build', import.meta.url));

/** Folders with an `index.ts`, by name. */
async function listModules(): Promise<readonly string[]> {
  const entries = await readdir(WASM_FOLDER, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(join(WASM_FOLDER, entry.name, 'index.ts')))
    .map((entry) => entry.name)
    .sort();
}

/** Compiles one module. @throws {Error} with the compiler's own messages. */
async function compile(name: string): Promise<Uint8Array> {
  const outputs = new Map<string, Uint8Array>();
  const options = [`${name}/index.ts`, '--config', 'asconfig.json', '--outFile', 'module.wasm'];
  const { error, stderr } = await asc.main([...options, '--baseDir', WASM_FOLDER], {
    writeFile: (file, contents) => {
      outputs.set(basename(file), toBytes(contents));
    },
  });
  const module = outputs.get('module.wasm');
  if (error === null && module !== undefined) return module;
  throw new Error(`wasm/${name}: the compiler refused it\n${stderr.toString()}`);
}

function toBytes(contents: string | Uint8Array): Uint8Array {
  return typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
}

function toHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function build(name: string): Promise<void> {
  const bytes = await compile(name);
  await mkdir(BUILD_FOLDER, { recursive: true });
  await writeFile(join(BUILD_FOLDER, `${name}.wasm`), bytes);
  process.stdout.write(`build/${name}.wasm ${bytes.length} bytes sha256 ${toHash(bytes)}\n`);
}

/** What is wrong with one module; null when nothing is. */
async function check(name: string, folder: string): Promise<string | null> {
  const hashes: string[] = [];
  for (const round of ['first', 'second']) {
    const file = join(folder, `${name}.${round}.wasm`);
    await writeFile(file, await compile(name));
    hashes.push(toHash(await readFile(file)));
  }
  const [first, second] = hashes;
  if (first !== second) return `wasm/${name}: two builds differ (${first}, ${second})`;
  const built = join(BUILD_FOLDER, `${name}.wasm`);
  if (!existsSync(built)) return `build/${name}.wasm is missing; run \`bun run build:wasm\``;
  if (toHash(await readFile(built)) !== first) {
    return `build/${name}.wasm is stale; run \`bun run build:wasm\``;
  }
  process.stdout.write(`build/${name}.wasm is reproducible and current, sha256 ${first}\n`);
  return null;
}

async function checkAll(names: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'spreadscope-wasm-'));
  try {
    let failures = 0;
    for (const name of names) {
      const problem = await check(name, folder);
      if (problem === null) continue;
      failures += 1;
      process.stderr.write(`${problem}\n`);
    }
    return failures === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function main(options: readonly string[]): Promise<number> {
  const names = await listModules();
  if (options.includes('--check')) return checkAll(names);
  for (const name of names) await build(name);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
