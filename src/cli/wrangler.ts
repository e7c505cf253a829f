#!/usr/bin/env bun
/** `wrangler <args>` under a Node that it accepts: it refuses to serve under Bun. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findNode, NODE_ADVICE } from './find-node.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const WRANGLER = `${ROOT}node_modules/wrangler/bin/wrangler.js`;

const node = findNode();
if (node === null) {
  process.stderr.write(`${NODE_ADVICE}\n`);
  process.exitCode = 1;
} else {
  const given = process.argv.slice(2);
  const namesEnvironment = given.some((arg) => /^(--env|-e)(=|$)/.test(arg));
  // Without a name wrangler warns that there are several: the one at the top of the file is meant.
  const args = [WRANGLER, ...given, ...(namesEnvironment ? [] : ['--env='])];
  const child = spawn(node, args, { cwd: ROOT, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
