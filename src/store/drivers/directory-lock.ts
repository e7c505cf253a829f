/**
 * A lock on a folder that belongs to one process. It is a lock of the operating system (SQLite's exclusive lock on a
 * file), so it ends with its process however that ends, and nothing stale is ever left.
 */

import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SpreadscopeError } from '../../domain/errors.ts';

export interface DirectoryLock {
  release(): void;
}

/** @throws {SpreadscopeError} `store_unavailable` when the file cannot be opened or somebody holds the lock. */
export function acquireDirectoryLock(directory: string): DirectoryLock {
  const path = `${directory}/lock`;
  checkWritable(path, directory);
  const database = new DatabaseSync(path);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw new SpreadscopeError(
      'store_unavailable',
      `DATA_DIR: another process has the database in ${directory} open; stop it or choose another DATA_DIR`,
      { cause: error },
    );
  }
  return { release: () => database.close() };
}

/** So that what is thrown afterwards can only mean that somebody holds the lock. */
function checkWritable(path: string, directory: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw new SpreadscopeError(
      'store_unavailable',
      `DATA_DIR: expected a folder that can be written to, got ${directory}`,
      { cause: error },
    );
  }
}
