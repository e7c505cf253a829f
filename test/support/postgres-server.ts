/** A real PostgreSQL of its own for a test: a temporary folder, a free port, passwords by SCRAM. */

import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from './free-port.ts';
import { untilTrue } from './until-true.ts';

export interface PostgresServer {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Cuts every connection and stops, as a crash would; the data stays for `start`. */
  crash(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Debian keeps the server's programs outside PATH. */
const DEBIAN_ROOT = '/usr/lib/postgresql';

const USER = 'spreadscope';
const PASSWORD = 'secret-of-the-test';

/** Folder of `initdb` and `postgres`, or null when they are not installed. */
export function findPostgres(): string | null {
  const versions = existsSync(DEBIAN_ROOT) ? readdirSync(DEBIAN_ROOT) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  const debian = newestFirst.map((version) => join(DEBIAN_ROOT, version, 'bin'));
  const onPath = Bun.which('postgres');
  const candidates = onPath === null ? debian : [join(onPath, '..'), ...debian];
  return candidates.find((folder) => existsSync(join(folder, 'initdb'))) ?? null;
}

export async function startPostgresServer(): Promise<PostgresServer> {
  const binaries = findPostgres();
  if (binaries === null) throw new Error('PostgreSQL is not installed');
  const root = mkdtempSync(join(tmpdir(), 'spreadscope-postgres-'));
  await initialise(binaries, root);
  const port = await freePort();
  let server: Bun.Subprocess | null = null;
  const start = async () => {
    server = Bun.spawn(
      asPostgres([
        join(binaries, 'postgres'),
        '-D',
        join(root, 'data'),
        '-p',
        String(port),
        ...SETTINGS,
      ]),
      { cwd: root, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' },
    );
    await untilReady(`postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`);
  };
  // SIGQUIT is PostgreSQL's immediate shutdown: no goodbye, recovery at the next start.
  const crash = async () => {
    server?.kill('SIGQUIT');
    await server?.exited;
  };
  const stop = async () => {
    await crash();
    rmSync(root, { recursive: true, force: true });
  };
  await start();
  return { port, user: USER, password: PASSWORD, start, crash, stop };
}

/** Fast rather than durable, and reachable over TCP only. */
const SETTINGS = [
  '-c',
  'listen_addresses=127.0.0.1',
  '-c',
  'unix_socket_directories=',
  '-c',
  'fsync=off',
];

async function initialise(binaries: string, root: string): Promise<void> {
  const passwordFile = join(root, 'password');
  writeFileSync(passwordFile, PASSWORD);
  if (process.getuid?.() === 0) giveTo(root, passwordFile);
  const child = Bun.spawn(
    asPostgres([
      join(binaries, 'initdb'),
      ...['-D', join(root, 'data'), '-U', USER, '--pwfile', passwordFile],
      ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C.UTF-8', '--no-sync'],
    ]),
    { cwd: root, stdin: 'ignore', stdout: 'ignore', stderr: 'inherit' },
  );
  if ((await child.exited) !== 0) throw new Error('initdb failed');
}

/** The port opens before the server is done with its recovery. */
function untilReady(connectionString: string): Promise<void> {
  return untilTrue('PostgreSQL accepts sessions', async () => {
    const client = new Client(connectionString);
    client.on('error', () => undefined);
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end();
    }
  });
}

function giveTo(...paths: readonly string[]): void {
  const id = (flag: string) => Number(Bun.spawnSync(['id', flag, 'postgres']).stdout.toString());
  for (const path of paths) chownSync(path, id('-u'), id('-g'));
}

/** PostgreSQL refuses to run as root. The signal makes it end with the test's process, however that ends. */
function asPostgres(command: readonly string[]): string[] {
  if (process.getuid?.() !== 0) return [...command];
  const flags = ['--reuid=postgres', '--regid=postgres', '--init-groups', '--pdeathsig=QUIT'];
  return ['setpriv', ...flags, ...command];
}
