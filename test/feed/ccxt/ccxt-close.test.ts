import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const CHILD = new URL('./close-child.ts', import.meta.url).pathname;
const DRIVER = new URL('../../../src/feed/drivers/ccxt/', import.meta.url);

/** Longest that anything may keep the process alive after `close`, milliseconds: ccxt's rate limiter finishes a nap. */
const MAX_END_MS = 1_500;

async function runChild(...parameters: readonly string[]) {
  const child = Bun.spawn([process.execPath, CHILD, ...parameters], {
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { stdout, stderr, exitCode };
}

describe('closing the feed', () => {
  test.concurrent.each([
    ['in good health', []],
    ['while an exchange hangs', ['hang', 'late']],
    ['the moment an exchange falls silent', ['stall']],
    ['while an exchange is dead', ['die', 'late']],
    ['the moment an exchange dies', ['die']],
    ['while an exchange sends garbage', ['garbage', 'late']],
    ['while an exchange refuses requests', ['rate-limit', 'late']],
  ])('%s leaves no timer, socket or unhandled rejection behind', async (_when, parameters) => {
    const { stdout, stderr, exitCode } = await runChild(...parameters);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(Number(/ended in (\d+) ms/.exec(stdout)?.[1])).toBeLessThan(MAX_END_MS);
  });
});

test('ccxt is loaded when it is needed, and by one file alone', () => {
  const importers = readdirSync(DRIVER).filter((name) =>
    /from 'ccxt'|import\('ccxt'\)/.test(readFileSync(new URL(name, DRIVER), 'utf8')),
  );
  expect(importers).toEqual(['load-ccxt.ts']);
  expect(readFileSync(new URL('load-ccxt.ts', DRIVER), 'utf8')).not.toMatch(/from 'ccxt'/);
});
