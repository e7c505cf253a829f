import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trace } from '@opentelemetry/api';
import { createPgliteStore } from '../../../src/store/drivers/pglite.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import { sampleOpportunity } from '../sample-opportunity.ts';
import { describeStore } from '../store-contract.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const tracer = trace.getTracer('test');

describeStore('PGlite in memory', async () => {
  const store = await createPgliteStore({ dataDir: 'memory', tracer });
  return { store, openSecond: null, dispose: () => store.close() };
});

describe('PGlite in a folder', () => {
  let root: string | undefined;
  const makeRoot = (): string => {
    root = mkdtempSync(join(tmpdir(), 'spreadscope-pglite-'));
    return root;
  };
  afterEach(() => {
    if (root !== undefined) rmSync(root, { recursive: true, force: true });
  });

  test('keeps what was written from one opening to the next, and locks others out', async () => {
    const dataDir = join(makeRoot(), 'not', 'there', 'yet');
    const first = await createPgliteStore({ dataDir, tracer });
    await first.migrate();
    await first.write([sampleOpportunity({ id: 'a' })]);
    await expect(createPgliteStore({ dataDir, tracer })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('another process has the database'),
    });
    await first.close();
    const second = await createPgliteStore({ dataDir, tracer });
    expect(await second.migrate()).toEqual([]);
    expect(await second.get('a')).toEqual(sampleOpportunity({ id: 'a' }));
    await second.close();
  });

  test('says what to do when the database does not open, and lets go of the folder', async () => {
    const dataDir = makeRoot();
    const folder = join(dataDir, 'postgres');
    await (await createPgliteStore({ dataDir, tracer })).close();
    cpSync(folder, join(dataDir, 'whole'), { recursive: true });
    const damages = [
      () => writeFileSync(join(folder, 'PG_VERSION'), '17\n'),
      () => rmSync(join(folder, 'global', 'pg_control')),
      () => rmSync(join(folder, 'pg_wal'), { recursive: true }),
    ];
    for (const damage of damages) {
      damage();
      await expect(createPgliteStore({ dataDir, tracer })).rejects.toMatchObject({
        code: 'store_failed',
        message: expect.stringContaining(`the database in ${folder} does not open`),
      });
      rmSync(folder, { recursive: true });
      cpSync(join(dataDir, 'whole'), folder, { recursive: true });
    }
    await (await createPgliteStore({ dataDir, tracer })).close();
  });

  test('names DATA_DIR when the folder cannot be made', async () => {
    const file = join(makeRoot(), 'file');
    writeFileSync(file, '');
    await expect(createPgliteStore({ dataDir: join(file, 'data'), tracer })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('DATA_DIR'),
    });
  });
});
