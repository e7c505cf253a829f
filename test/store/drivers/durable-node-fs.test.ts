import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { fstatSync, fsyncSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { DURABLE_START_PARAMS, DurableNodeFS } from '../../../src/store/drivers/durable-node-fs.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

describe('a folder of PGlite whose flushes reach the disk', () => {
  let root: string | undefined;
  let database: PGlite | undefined;

  const open = async (flush: (descriptor: number) => void): Promise<PGlite> => {
    root ??= mkdtempSync(join(tmpdir(), 'spreadscope-durable-'));
    const fs = new DurableNodeFS(join(root, 'postgres'), flush);
    return PGlite.create({ fs, startParams: [...DURABLE_START_PARAMS] });
  };
  afterEach(async () => {
    await database?.close();
    database = undefined;
    if (root !== undefined) rmSync(root, { recursive: true, force: true });
    root = undefined;
  });

  test('flushes the log once for each write before it is acknowledged, and files at a checkpoint', async () => {
    let flushed: string[] = [];
    database = await open((descriptor) => {
      fsyncSync(descriptor);
      flushed.push(fstatSync(descriptor).isFile() ? 'file' : 'other');
    });
    await database.exec('CREATE TABLE numbers (number int)');
    for (let number = 0; number < 3; number += 1) {
      flushed = [];
      await database.query('INSERT INTO numbers VALUES ($1)', [number]);
      expect(flushed).toEqual(['file']);
    }
    flushed = [];
    await database.query('SELECT * FROM numbers');
    expect(flushed).toEqual([]);
    await database.exec('CHECKPOINT');
    expect(flushed.length).toBeGreaterThan(3);
  });

  test('does not acknowledge a write that cannot be flushed', async () => {
    let isBroken = false;
    database = await open((descriptor) => {
      if (isBroken) throw new Error('EIO: the disk has failed');
      fsyncSync(descriptor);
    });
    await database.exec('CREATE TABLE numbers (number int)');
    isBroken = true;
    const write = database.query('INSERT INTO numbers VALUES (1)');
    // Nothing may be asked of it any more, not even to close.
    database = undefined;
    await expect(write).rejects.toMatchObject({ code: '58030', severity: 'PANIC' });
  });
});
