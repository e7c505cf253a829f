import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { PGlite } from '@electric-sql/pglite';
import type { Opportunity } from '../../../src/domain/opportunity.ts';
import { keepUp } from '../../../src/store/drivers/pglite-upkeep.ts';
import { MIGRATIONS } from '../../../src/store/migrations.ts';
import { toDeleteClosed, toUpsert } from '../../../src/store/sql.ts';
import type { SqlStatement } from '../../../src/store/sql-connection.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import { sampleOpportunity, SAMPLE_OPENED_AT_MS as T } from '../sample-opportunity.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

describe('upkeep of the embedded database', () => {
  let database: PGlite;
  const run = (statement: SqlStatement) => database.query(statement.text, [...statement.params]);

  beforeAll(async () => {
    database = await PGlite.create('memory://');
    for (const { statements } of MIGRATIONS) {
      for (const statement of statements) await database.query(statement);
    }
  });
  afterAll(() => database.close());

  test('has nothing to do for a little log', async () => {
    await database.exec('CHECKPOINT');
    expect(await keepUp(database)).toEqual([]);
  });

  test('makes a checkpoint when the log is longer than its bound, and only once', async () => {
    await run(toUpsert(many(200)));
    expect(await keepUp(database, 100_000)).toEqual(['checkpoint']);
    expect(await keepUp(database, 100_000)).toEqual([]);
  });

  test('vacuums when there are more dead rows than its bound, so that the table stops growing', async () => {
    for (let round = 0; round < 2; round += 1) await rewrite(400);
    const bytes = await tableBytes();
    expect(await keepUp(database, Infinity, 100)).toEqual(['vacuum']);
    expect(await keepUp(database, Infinity, 100)).toEqual([]);
    for (let round = 0; round < 10; round += 1) {
      await rewrite(400);
      await keepUp(database, Infinity, 100);
    }
    expect(await tableBytes()).toBeLessThanOrEqual(bytes);
  });

  async function rewrite(count: number): Promise<void> {
    await run(toUpsert(many(count)));
    await run(toDeleteClosed(T + 1, count));
    // Statistics become visible when the server reports them, at the latest on request.
    await database.query('SELECT pg_stat_force_next_flush()');
  }

  async function tableBytes(): Promise<number> {
    const sql = `SELECT pg_relation_size('opportunities')::float8 AS bytes`;
    return (await database.query<{ readonly bytes: number }>(sql)).rows[0]?.bytes ?? Number.NaN;
  }
});

function many(count: number): readonly Opportunity[] {
  return Array.from({ length: count }, (_, index) =>
    sampleOpportunity({ id: `n${index}`, closedAtMs: T + 1 }),
  );
}
