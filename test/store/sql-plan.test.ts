import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { PGlite } from '@electric-sql/pglite';
import { MIGRATIONS } from '../../src/store/migrations.ts';
import { toDeleteClosed, toSelectOne, toSelectPage, toUpsert } from '../../src/store/sql.ts';
import type { SqlStatement } from '../../src/store/sql-connection.ts';
import type { OpportunityFilter } from '../../src/store/store.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { sampleOpportunity } from './sample-opportunity.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const ROWS_COUNT = 8000;

describe('the plan of a query', () => {
  let database: PGlite;

  beforeAll(async () => {
    database = await PGlite.create('memory://');
    for (const { statements } of MIGRATIONS) {
      for (const statement of statements) await database.query(statement);
    }
    for (let first = 0; first < ROWS_COUNT; first += 1000) await run(toRows(first, 1000));
    await database.exec('ANALYZE opportunities');
  });
  afterAll(() => database.close());

  const filters: Readonly<Record<string, [Omit<OpportunityFilter, 'limit'>, string]>> = {
    'of the newest': [{}, 'opportunities_by_time'],
    'of a symbol': [{ symbol: 'S7/USDT' }, 'opportunities_by_symbol'],
    'of an exchange on many': [{ exchange: 'e1' }, 'opportunities_by_time'],
    'of an exchange on few': [{ exchange: 'rare' }, 'opportunities_by_sell_exchange'],
    'of a time': [{ fromMs: 100, toMs: 200 }, 'opportunities_by_time'],
    'of what is open': [{ state: 'open' }, 'opportunities_open'],
    'of a great edge': [{ minEdgeBps: 79.9 }, 'opportunities_by_edge'],
  };
  for (const [what, [filter, index]] of Object.entries(filters)) {
    test(`${what} goes by an index`, async () => {
      expect(await explain(toSelectPage({ ...filter, limit: 50 }, null))).toContain(index);
    });
  }

  test('of a page after a cursor starts at it, and sorts nothing', async () => {
    const after = { openedAtMs: ROWS_COUNT / 2, id: 'n4000' };
    const plan = await explain(toSelectPage({ limit: 50 }, after));
    expect(plan).toContain('Index Cond: (ROW(opened_at_ms, id) < ');
    expect(plan).not.toContain('Sort');
  });

  test('of one opportunity goes by the primary key', async () => {
    expect(await explain(toSelectOne('n5'))).toContain('opportunities_pkey');
  });

  test('of a deletion reads what is old only', async () => {
    expect(await explain(toDeleteClosed(100, 50))).toContain('opportunities_by_time');
  });

  async function run(statement: SqlStatement): Promise<void> {
    await database.query(statement.text, [...statement.params]);
  }

  async function explain(statement: SqlStatement): Promise<string> {
    const sql = `EXPLAIN ${statement.text}`;
    const { rows } = await database.query<Record<string, string>>(sql, [...statement.params]);
    return rows.flatMap((row) => Object.values(row)).join('\n');
  }
});

/** Mostly closed, over 40 symbols and 8 exchanges, one of them rare; edges up to 80 bps. */
function toRows(first: number, count: number): SqlStatement {
  return toUpsert(
    Array.from({ length: count }, (_, index) => {
      const number = first + index;
      return sampleOpportunity({
        id: `n${number}`,
        openedAtMs: number,
        symbol: `S${number % 40}/USDT`,
        buyExchange: `e${number % 7}`,
        sellExchange: number % 2000 === 0 ? 'rare' : `e${(number * 3) % 7}`,
        peakEdgeBps: (number % 800) / 10,
        ...(number % 500 === 0 ? {} : { closedAtMs: number + 5 }),
      });
    }),
  );
}
