/**
 * What a PostgreSQL server does in the background and an embedded one, a single process, leaves undone: checkpoints,
 * without which the log grows for ever, and vacuuming, without which every update leaves its old row behind.
 */

import type { PGlite } from '@electric-sql/pglite';

/** Log after which a checkpoint is due: it bounds the disk used (and the time of a recovery) and costs about 0.05 s. */
const MAX_WAL_BYTES = 64 * 1024 * 1024;

/** Dead rows after which vacuuming is due: PostgreSQL's scale factor (`autovacuum_vacuum_scale_factor`), and a base. */
const MAX_DEAD_RATIO = 0.2;
const MIN_DEAD_COUNT = 10_000;

const SELECT_STATE = `SELECT
  (pg_current_wal_insert_lsn() - redo_lsn)::float8 AS wal_bytes,
  coalesce(sum(n_dead_tup), 0)::float8 AS dead_count,
  coalesce(sum(n_live_tup), 0)::float8 AS live_count
FROM pg_control_checkpoint()
LEFT JOIN pg_stat_user_tables ON relname = 'opportunities'
GROUP BY redo_lsn`;

interface UpkeepState {
  readonly wal_bytes: number;
  readonly dead_count: number;
  readonly live_count: number;
}

/** Does what is due; to be called after writes. @returns what was done. */
export async function keepUp(
  database: PGlite,
  maxWalBytes = MAX_WAL_BYTES,
  minDeadCount = MIN_DEAD_COUNT,
): Promise<readonly ('vacuum' | 'checkpoint')[]> {
  const [state] = (await database.query<UpkeepState>(SELECT_STATE)).rows;
  if (state === undefined) throw new Error('BUG: the state of the database has no row');
  const done: ('vacuum' | 'checkpoint')[] = [];
  if (state.dead_count > minDeadCount + MAX_DEAD_RATIO * state.live_count) {
    await database.exec('VACUUM (ANALYZE) opportunities');
    done.push('vacuum');
  }
  if (state.wal_bytes > maxWalBytes) {
    await database.exec('CHECKPOINT');
    done.push('checkpoint');
  }
  return done;
}
