/** `wrangler dev` as a process of its own: a Worker on local workerd, with nothing configured. */

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode } from '../../src/cli/find-node.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const WRANGLER = `${ROOT}node_modules/wrangler/bin/wrangler.js`;

/** Null when this machine has none that wrangler accepts. */
export const wranglerNode: string | null = findNode();

export interface LocalWorker {
  /** Without a slash at the end. */
  readonly url: string;
  /** Everything that was printed so far. */
  printed(): string;
  /** Ends wrangler and workerd; the storage stays. */
  stop(): Promise<void>;
}

export interface WorkerOptions {
  /** Path of the wrangler.toml in the repository. */
  readonly config: string;
  /** Environment of that file; default: its top level. */
  readonly environment?: string;
  /** Folder of the storage. */
  readonly stateDir: string;
  readonly vars?: Readonly<Record<string, string>>;
}

/** A folder for the storage of local workers; remove it with `removeStateDir`. */
export function makeStateDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'spreadscope-workerd-'));
}

export function removeStateDir(stateDir: string): Promise<void> {
  return rm(stateDir, { recursive: true, force: true });
}

/** @throws {Error} with what it printed, when it does not answer within a minute. */
export async function startWorker({
  config,
  environment = '',
  stateDir,
  vars = {},
}: WorkerOptions): Promise<LocalWorker> {
  const port = await freePort();
  const inspectorPort = await freePort();
  const args = [WRANGLER, 'dev', '--config', join(ROOT, config), `--env=${environment}`];
  args.push('--ip', '127.0.0.1');
  args.push('--port', String(port), '--inspector-port', String(inspectorPort));
  args.push('--persist-to', stateDir, '--show-interactive-dev-session=false');
  for (const [name, value] of Object.entries(vars)) args.push('--var', `${name}:${value}`);
  // A process group of its own, so that workerd ends with it.
  const child = spawn(wranglerNode ?? 'node', args, {
    cwd: ROOT,
    detached: true,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' },
  });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => printed.push(bytes.toString()));
  }
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    if (child.pid !== undefined) killGroup(child.pid);
    await ended;
  };
  try {
    const answer = async () => ((await fetch(`${url}/health`)).status < 600 ? true : null);
    await eventually('wrangler dev answers', answer);
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}; it printed:\n${printed.join('')}`);
  }
  return { url, printed: () => printed.join(''), stop };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
