/** SQLite of the runtime behind the members of a Durable Object's storage that are used. */

import { Database } from 'bun:sqlite';
import type { DurableStorage } from '../../src/store/drivers/durable.ts';

export interface LocalStorage extends DurableStorage {
  /** Fails every statement from now on, until it is set to false. */
  setBroken(isBroken: boolean): void;
}

export function createLocalStorage(): LocalStorage {
  const database = new Database(':memory:');
  let isBroken = false;
  return {
    sql: {
      exec: (text, ...params) => {
        if (isBroken) throw new Error('disk I/O error: SQLITE_IOERR');
        const rows = database.query(text).all(...params) as Record<string, unknown>[];
        return { toArray: () => rows };
      },
    },
    transactionSync: (run) => database.transaction(run)(),
    setBroken: (next) => {
      isBroken = next;
    },
  };
}
