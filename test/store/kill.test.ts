import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trace } from '@opentelemetry/api';
import type { Opportunity } from '../../src/domain/opportunity.ts';
import { createPgliteStore } from '../../src/store/drivers/pglite.ts';
import type { OpportunityStore } from '../../src/store/store.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { sampleOpportunity } from './sample-opportunity.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const CHILD = join(import.meta.dir, 'kill-child.ts');
const root = mkdtempSync(join(tmpdir(), 'spreadscope-kill-'));
const tracer = trace.getTracer('test');

describe('a process that is killed while it writes', () => {
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('loses, doubles and corrupts nothing that was acknowledged, however often it happens', async () => {
    const dataDir = join(root, 'writes');
    let acknowledgedCount = 0;
    for (const killAfterCount of [200, 20, 400, 60, 1000]) {
      const child = startChild(dataDir, acknowledgedCount);
      const until = acknowledgedCount + killAfterCount;
      acknowledgedCount = await killAfter(child, (acknowledged) => acknowledged >= until);
      acknowledgedCount = await checkStored(dataDir, acknowledgedCount);
    }
    expect(acknowledgedCount).toBeGreaterThanOrEqual(1680);
  });

  test('leaves no half-made database when it is killed while making it', async () => {
    const dataDir = join(root, 'making');
    const child = startChild(dataDir, 0);
    while (!existsSync(join(dataDir, 'postgres.new', 'PG_VERSION'))) await Bun.sleep(1);
    child.kill('SIGKILL');
    await child.exited;
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
    await checkStored(dataDir, 0);
  });

  test('keeps others out while it lives and no longer', async () => {
    const dataDir = join(root, 'lock');
    const child = startChild(dataDir, 0);
    let refusal: unknown;
    await killAfter(child, async () => {
      refusal = await createPgliteStore({ dataDir, tracer }).catch((error: unknown) => error);
      return true;
    });
    expect(refusal).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining(`another process has the database in ${dataDir} open`),
    });
    await (await createPgliteStore({ dataDir, tracer })).close();
  });
});

function startChild(dataDir: string, first: number) {
  return Bun.spawn([process.execPath, CHILD, dataDir, String(first)], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
  });
}

/** Reads acknowledgements until `isEnough`, kills mid-write, reads on. @returns numbers acknowledged in all. */
async function killAfter(
  child: ReturnType<typeof startChild>,
  isEnough: (acknowledgedCount: number) => boolean | Promise<boolean>,
): Promise<number> {
  let acknowledgedCount = 0;
  let text = '';
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const last = [...text.matchAll(/^ack \d+ (\d+)$/gm)].at(-1)?.[1];
    acknowledgedCount = last === undefined ? 0 : Number(last) + 1;
    if (!child.killed && last !== undefined && (await isEnough(acknowledgedCount))) {
      child.kill('SIGKILL');
    }
  }
  expect(await child.exited).toBe(137);
  return acknowledgedCount;
}

/** Every acknowledged number is there once and whole; one batch more may be. @returns how many there are. */
async function checkStored(dataDir: string, acknowledgedCount: number): Promise<number> {
  const store = await createPgliteStore({ dataDir, tracer });
  await store.migrate();
  const stored = (await readAll(store)).reverse();
  await store.close();
  expect(stored.length).toBeGreaterThanOrEqual(acknowledgedCount);
  expect(stored.length).toBeLessThanOrEqual(acknowledgedCount + 20);
  for (const [number, opportunity] of stored.entries()) {
    expect(opportunity).toEqual(sampleOpportunity({ id: `n${number}`, openedAtMs: number }));
  }
  return stored.length;
}

async function readAll(store: OpportunityStore): Promise<Opportunity[]> {
  const all: Opportunity[] = [];
  let cursor: string | null = null;
  do {
    const filter = cursor === null ? { limit: 500 } : { limit: 500, cursor };
    const page = await store.find(filter);
    all.push(...page.opportunities);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}
