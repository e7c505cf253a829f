/** A bundled Worker on local workerd, by itself: without wrangler, which would stand between the clock and the work. */

import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BunPlugin } from 'bun';

const WORKERD = fileURLToPath(new URL('../../node_modules/.bin/workerd', import.meta.url));

/** What Workers import to encode spans. */
export const OTLP_MODULE = new URL('../../build/otlp.wasm', import.meta.url);

export interface ServedWorker {
  /** Without a slash at the end. */
  readonly url: string;
  readonly processId: number;
  close(): Promise<void>;
}

/** What a Worker finds beside its code. */
export interface WorkerSurroundings {
  /** WASM files that it imports by their names. */
  readonly modules?: readonly URL[];
  /** Texts in its `env`. */
  readonly bindings?: Readonly<Record<string, string>>;
}

/** @param entry - its handler is bundled with all that it imports, but for modules. */
export async function serveOnWorkerd(
  entry: URL,
  { modules = [], bindings = {} }: WorkerSurroundings = {},
): Promise<ServedWorker> {
  const folder = await mkdtemp(join(tmpdir(), 'spreadscope-workerd-'));
  await writeFile(join(folder, 'worker.js'), await bundle(entry));
  for (const module of modules) {
    await copyFile(module, join(folder, basename(module.pathname)));
  }
  await writeFile(join(folder, 'config.capnp'), toConfig(modules, bindings));
  const child = spawn(WORKERD, ['serve', 'config.capnp', '--control-fd=1'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const close = async () => {
    child.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const event: { readonly event?: string; readonly port?: number } = JSON.parse(line);
    if (event.event === 'listen') {
      return { url: `http://127.0.0.1:${event.port}`, processId: child.pid ?? 0, close };
    }
  }
  await close();
  throw new Error('workerd ended before it listened');
}

/** WASM files lie beside the bundle, wherever they were imported from. */
const BESIDE: BunPlugin = {
  name: 'beside',
  setup(build) {
    build.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({
      path: `./${basename(path)}`,
      external: true,
    }));
  },
};

async function bundle(entry: URL): Promise<string> {
  const { outputs, logs } = await Bun.build({
    entrypoints: [fileURLToPath(entry)],
    target: 'browser',
    format: 'esm',
    external: ['node:*'],
    plugins: [BESIDE],
    minify: true,
  });
  const [output] = outputs;
  if (output === undefined) throw new Error(`bundle of ${entry.pathname}: ${logs.join('; ')}`);
  return output.text();
}

/** The configuration of workerd (its `src/workerd/server/workerd.capnp`); the Worker may call this machine. */
function toConfig(modules: readonly URL[], bindings: Readonly<Record<string, string>>): string {
  const texts = Object.entries(bindings).map(
    ([name, value]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(value)})`,
  );
  const wasm = modules.map(({ pathname }) => {
    const name = basename(pathname);
    return `, (name = "${name}", wasm = embed "${name}")`;
  });
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")${wasm.join('')}],
  compatibilityDate = "2026-09-01",
  compatibilityFlags = ["nodejs_als"],
  bindings = [${texts.join(', ')}],
);
`;
}
