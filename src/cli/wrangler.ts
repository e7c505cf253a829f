#!/usr/bin/env bun
/** `wrangler <args>` under a Node that it accepts: it refuses to serve under Bun. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findNode, NODE_ADVICE } from './find-node.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const WRANGLER = `${ROOT}node_modules/wrangler/bin/wrangler.js`;

/** Without one named, the top level of `wrangler.toml` is meant; said, wrangler does not warn that it had to guess. */
function withEnvironment(args: readonly string[]): readonly string[] {
  const isNamed = args.some((arg) => /^(-e|--env)(=|$)/.test(arg));
  return isNamed || process.env.CLOUDFLARE_ENV !== undefined ? args : [...args, '--env='];
}

const node = findNode();
if (node === null) {
  process.stderr.write(`${NODE_ADVICE}\n`);
  process.exitCode = 1;
} else {
  const args = [WRANGLER, ...withEnvironment(process.argv.slice(2))];
  const child = spawn(node, args, { cwd: ROOT, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
