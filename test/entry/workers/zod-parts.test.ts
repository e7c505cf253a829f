import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { Glob } from 'bun';
import * as parts from '../../../src/entry/workers/zod-parts.ts';

const HTTP = join(import.meta.dir, '../../../src/http');

/** Members of `z` that schemas call, or take as a value. */
async function usedMembers(): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for await (const file of new Glob('**/*.ts').scan(HTTP)) {
    const source = await Bun.file(join(HTTP, file)).text();
    for (const [, name] of source.matchAll(/\bz\s*\.\s*([a-zA-Z]+)\(/g)) if (name) used.add(name);
  }
  return used;
}

test('the Worker has every part of zod that the schemas use, and no other', async () => {
  const used = await usedMembers();
  expect(used.size).toBeGreaterThan(10);
  // `ZodType` is what `.openapi()` is added to.
  expect(Object.keys(parts).toSorted()).toEqual([...used, 'ZodType'].toSorted());
});

test('parts of zod answer as the package does', async () => {
  const { z } = await import('zod');
  const build = (from: Pick<typeof parts, 'object' | 'string' | 'number'>) =>
    from.object({ symbol: from.string().min(3), limit: from.number().int().max(5).optional() });
  for (const input of [{ symbol: 'BTC', limit: 5 }, { symbol: 'B' }, { symbol: 'BTC', limit: 6 }]) {
    const ours = build(parts).safeParse(input);
    const theirs = build(z as unknown as typeof parts).safeParse(input);
    expect(ours.success).toBe(theirs.success);
    const paths = (result: typeof ours) =>
      result.error?.issues.map(({ code, path }) => [code, path]);
    expect(paths(ours)).toEqual(paths(theirs));
  }
});
