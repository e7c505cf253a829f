import { beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findRuntime } from '../../../bench/runtimes.ts';
import { findNodeFetch } from '../../../src/telemetry/node/node-fetch.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import { requirement } from '../../support/requirement.ts';
import { expectFault } from '../export/expect-fault.ts';
import { FAULT_ROWS } from '../export/fault-rows.ts';
import type { FaultResult } from '../export/run-fault-row.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const node = findRuntime('node')?.[0] ?? null;
const hasNode = requirement('node', node !== null);

/** The lines that a program beside this file writes on Node. */
async function runOnNode(program: string, env: Record<string, string> = {}): Promise<unknown[]> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(node ?? 'node', [path], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe.skipIf(!hasNode)('a batch meets every kind of answer on Node', () => {
  let results: readonly FaultResult[] = [];
  beforeAll(async () => {
    results = (await runOnNode('./faults-on-node.ts')) as FaultResult[];
  });

  for (const [index, row] of FAULT_ROWS.entries()) {
    test(row.title, () => {
      const result = results[index];
      if (result === undefined) throw new Error('the program on Node said nothing of this row');
      expectFault(row, result);
    });
  }
});

describe.skipIf(!hasNode)('requests of Node', () => {
  test('share a connection, decode what was compressed, cap it decoded, and can be aborted', async () => {
    const [seen] = await runOnNode('./answers-on-node.ts');
    expect(seen).toEqual({
      emptyConnectionsCount: 1,
      gzip: true,
      deflate: true,
      br: true,
      cappedAfterDecoding: 'over the cap',
      broken: 'Error',
      aborted: 'AbortError',
    });
  });

  const arrived = (isFetch: boolean) => ({
    exportedCount: 1,
    seen: [{ isFetch, encoding: 'gzip', hasSpan: true }],
  });

  test('are what a layer exports with there, compressed', async () => {
    const env = { NODE_USE_ENV_PROXY: '' };
    expect(await runOnNode('./layer-on-node.ts', env)).toEqual([arrived(false)]);
  });

  test('give way to fetch where Node is told to use proxies', async () => {
    const env = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: '', http_proxy: '', NO_PROXY: '*' };
    expect(await runOnNode('./layer-on-node.ts', env)).toEqual([arrived(true)]);
  });
});

test('other runtimes keep their own', () => {
  expect(findNodeFetch()).toBeNull();
});
