import { expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RUNNER = fileURLToPath(new URL('../../bench/run.ts', import.meta.url));

function run(...options: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUNNER, ...options], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('the runner explains itself', () => {
  const { status, stdout } = run('--help');
  expect(status).toBe(0);
  expect(stdout).toContain('--filter TEXT');
});

test('an option that is not understood is named, with the help', () => {
  const { status, stdout, stderr } = run('--fast');
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain('--fast');
  expect(stderr).toContain('--filter TEXT');
});

test('a row runs by name and its results come as JSON, with where they were measured', () => {
  const { status, stdout } = run('--quick', '--json', '--filter', 'cycles/triangles-repriced');
  expect(status).toBe(0);
  const { environment, rows } = JSON.parse(stdout);
  expect(environment.runtime).toBe('bun');
  expect(rows).toHaveLength(1);
  expect(rows[0].bench).toBe('cycles');
  expect(rows[0].variants).toHaveLength(3);
  expect(rows[0].verdicts[0].limit).toBe(4000);
});
