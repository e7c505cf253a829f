/**
 * PGlite's folder on disk, with `fsync` that reaches the disk. As delivered, PGlite runs with `fsync` off and its
 * file system has no such operation (no system call is made either way), so that what was acknowledged outlives the
 * process but not the machine. Measured with it: one call for each write, within the noise of a batch's time.
 */

import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** Flushes an open file, given its descriptor. */
export type Flush = (descriptor: number) => void;

/**
 * Parameters of a server that asks for flushes: PGlite's own but for `-F`, which turns `fsync` off; and `fsync` for the
 * log, because `fdatasync`, the default, ends inside Emscripten.
 */
export const DURABLE_START_PARAMS: readonly string[] = [
  ...PGlite.defaultStartParams.filter((param) => param !== '-F'),
  '-c',
  'wal_sync_method=fsync',
];

type Init = NodeFS['init'];
type Options = Awaited<ReturnType<Init>>['emscriptenOpts'];
type PreRun = NonNullable<Options['preRun']>[number];

export class DurableNodeFS extends NodeFS {
  readonly #flush: Flush;

  constructor(directory: string, flush: Flush = fsyncSync) {
    super(directory);
    this.#flush = flush;
  }

  override async init(...args: Parameters<Init>): ReturnType<Init> {
    const { emscriptenOpts } = await super.init(...args);
    const addSync: PreRun = (module) => addFsync(module.NODEFS, this.#flush);
    return {
      emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addSync] },
    };
  }
}

/** Emscripten calls `stream_ops.fsync` of a file system that has it (its file-system API, "stream operations"). */
function addFsync(fileSystem: object, flush: Flush): void {
  const operations: unknown = Reflect.get(fileSystem, 'stream_ops');
  if (typeof operations !== 'object' || operations === null) {
    throw new Error('BUG: the file system of this PGlite has no stream operations');
  }
  Reflect.set(operations, 'fsync', (stream: object) => {
    const descriptor: unknown = Reflect.get(stream, 'nfd');
    // A folder has no descriptor; what is in it is flushed file by file.
    return typeof descriptor === 'number' ? toErrno(() => flush(descriptor)) : 0;
  });
}

/** `EIO` as WASI numbers it (WASI preview 1, `errno`). */
const WASI_EIO = 29;

/** PostgreSQL takes any failure to flush for a reason to stop (its documentation of `data_sync_retry`). */
function toErrno(run: () => void): number {
  try {
    run();
    return 0;
  } catch {
    return WASI_EIO;
  }
}

/** Flushes every file and folder below `directory`, and itself: what was made before anybody asked for flushes. */
export function flushTree(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) flushTree(path);
    else if (entry.isFile()) flushPath(path);
  }
  flushPath(directory);
}

/** Flushes one file, or the names in one folder. */
export function flushPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
