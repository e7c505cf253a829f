/** Queries over PostgreSQL's own protocol inside WebSockets, from a small pool. */

import { Client, Pool, type PoolClient, type QueryResult } from '@neondatabase/serverless';
import type { SqlConnection, SqlResult, SqlStatement } from '../sql-connection.ts';
import { isLoopback, type NeonTarget } from './neon-proxy.ts';

/** One writer, and a few readers of the API; Neon counts connections. */
const MAX_CONNECTIONS_COUNT = 4;

export function connectOverWebSocket(target: NeonTarget): SqlConnection {
  const { connectionString, endpoint, timeoutMs } = target;
  const pool = new Pool({
    connectionString,
    max: MAX_CONNECTIONS_COUNT,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  if (isLoopback(endpoint.serverAddress ?? '')) pool.Client = LoopbackClient;
  // A connection that breaks fails the query under way, and the pool replaces it at the next. It also emits an error,
  // idle or not, which would end the process if nobody listened.
  pool.on('error', ignore);
  pool.on('connect', (client: PoolClient) => client.on('error', ignore));
  return {
    endpoint,
    query: async (statement) => withClient(pool, async (client) => runOn(client, statement)),
    transaction: (statements) =>
      withClient(pool, async (client) => {
        await client.query('BEGIN');
        const results: SqlResult[] = [];
        for (const statement of statements) results.push(await runOn(client, statement));
        await client.query('COMMIT');
        return results;
      }),
    close: () => pool.end(),
  };
}

function ignore(): void {}

/** A proxy on this machine has no TLS, and may ask for a password in more than one step. */
class LoopbackClient extends Client {
  constructor(config?: ConstructorParameters<typeof Client>[0]) {
    super(config);
    this.neonConfig.wsProxy = (host, port) => `${host}:${port}/v2`;
    this.neonConfig.useSecureWebSocket = false;
    this.neonConfig.pipelineConnect = false;
  }
}

async function withClient<Result>(
  pool: Pool,
  run: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    const result = await run(client);
    client.release();
    return result;
  } catch (error) {
    // The connection is closed, not reused: it may be inside a transaction or still busy with a late query.
    client.release(true);
    throw error;
  }
}

async function runOn(client: PoolClient, statement: SqlStatement): Promise<SqlResult> {
  const result: QueryResult<Record<string, unknown>> = await client.query(statement.text, [
    ...statement.params,
  ]);
  return { rows: result.rows, rowsCount: result.command === 'SELECT' ? 0 : (result.rowCount ?? 0) };
}
