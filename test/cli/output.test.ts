import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openOutput } from '../../src/cli/output.ts';
import { runCommand } from '../support/command-line.ts';

const LAUNCH = fileURLToPath(new URL('../../src/cli/launch.ts', import.meta.url));
const RECORD = ['record', '--synthetic', '--seconds', '0.2'];
const COMMAND = `"$BUN" "$LAUNCH" ${RECORD.join(' ')}`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spreadscope-output-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  const writer = (await openOutput(path)).getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}

describe('the output of a command', () => {
  test('is a file that appears whole, over the one before', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'before');
    const writer = (await openOutput(path)).getWriter();
    await writer.write(new TextEncoder().encode('after'));
    expect(await readFile(path, 'utf8')).toBe('before');
    await writer.close();
    expect(await readFile(path, 'utf8')).toBe('after');
    expect(await readdir(folder)).not.toContain('file.partial');
  });

  test('goes to the file that a link points to, and the link stays', async () => {
    const [target, link] = [join(folder, 'target'), join(folder, 'link')];
    await writeFile(target, 'before');
    await symlink(target, link);
    await write(link, 'after');
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readFile(target, 'utf8')).toBe('after');
  });

  test('goes into a pipe, which stays a pipe', async () => {
    const pipe = join(folder, 'pipe');
    expect(Bun.spawnSync(['mkfifo', pipe]).exitCode).toBe(0);
    const reader = Bun.spawn(['cat', pipe], { stdout: 'pipe' });
    await write(pipe, 'through');
    expect(await new Response(reader.stdout).text()).toBe('through');
    expect((await lstat(pipe)).isFIFO()).toBe(true);
    expect(await readdir(folder)).not.toContain('pipe.partial');
  });

  test('is refused when it is a folder', async () => {
    const { exitCode, stderr } = await runCommand([...RECORD, '--out', folder]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`--out: expected a file, got the folder ${folder}`);
  });
});

describe('standard output', () => {
  const shell = async (script: string) => {
    const env = { PATH: process.env.PATH, LAUNCH, BUN: process.execPath };
    const child = Bun.spawn(['bash', '-c', script], { env, stdout: 'pipe', stderr: 'pipe' });
    const [stdout, stderr] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    await child.exited;
    return { stdout, stderr };
  };

  test('may be left by its reader: that is no failure, and nothing is said', async () => {
    const { stdout, stderr } = await shell(`${COMMAND} | true; echo "\${PIPESTATUS[0]}"`);
    expect(stdout.trim()).toBe('0');
    expect(stderr).not.toContain('EPIPE');
  });

  test('that is full is a failure, told in one line', async () => {
    const { stdout, stderr } = await shell(`${COMMAND} > /dev/full; echo "$?"`);
    expect(stdout.trim()).toBe('1');
    expect(stderr.match(/ENOSPC.*\n/)).not.toBeNull();
    expect(stderr).not.toContain(' at ');
  });
});

describe('a recording', () => {
  test.each(['replay', 'cycles'])(
    'through a pipe is refused by %s, since it is read twice',
    async (command) => {
      const pipe = join(folder, `recording-${command}`);
      expect(Bun.spawnSync(['mkfifo', pipe]).exitCode).toBe(0);
      const { exitCode, stderr } = await runCommand([command, pipe]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('expected a file, since a recording is read twice');
    },
  );
});
