/** Queries over Neon's HTTP protocol: each one request, a transaction too. */

import { type FullQueryResults, NeonDbError, neon } from '@neondatabase/serverless';
import type { SqlConnection, SqlResult } from '../sql-connection.ts';
import { type NeonTarget, routeHttp } from './neon-proxy.ts';

export function connectOverHttp(target: NeonTarget): SqlConnection {
  routeHttp();
  const sql = neon(target.connectionString, { fullResults: true });
  const inTime = () => ({ fetchOptions: { signal: AbortSignal.timeout(target.timeoutMs) } });
  return {
    endpoint: target.endpoint,
    query: (statement) =>
      unwrapped(async () =>
        toResult(await sql.query(statement.text, [...statement.params], inTime())),
      ),
    transaction: (statements) =>
      unwrapped(async () => {
        const queries = statements.map(({ text, params }) => sql.query(text, [...params]));
        return (await sql.transaction(queries, inTime())).map(toResult);
      }),
    close: async () => {},
  };
}

/** The client wraps what `fetch` threw; the original says more and holds no connection string. */
async function unwrapped<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof NeonDbError ? (error.sourceError ?? error) : error;
  }
}

function toResult(result: FullQueryResults<false>): SqlResult {
  return { rows: result.rows, rowsCount: result.command === 'SELECT' ? 0 : result.rowCount };
}
