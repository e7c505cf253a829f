/** The store in Neon's serverless PostgreSQL, over HTTP (one request a query) or over a pool of WebSockets. */

import type { Tracer } from '@opentelemetry/api';
import { SpreadscopeError } from '../../domain/errors.ts';
import type { SqlEndpoint } from '../sql-connection.ts';
import { createSqlStore } from '../sql-store.ts';
import { withSqlTelemetry } from '../sql-telemetry.ts';
import type { OpportunityStore } from '../store.ts';
import { connectOverHttp } from './neon-http.ts';
import { connectOverWebSocket } from './neon-websocket.ts';

export interface NeonStoreOptions {
  /**
   * `postgres://USER:PASSWORD@HOST[:PORT]/DATABASE`. A host of this machine (`localhost`, `127.0.0.1`, `[::1]`) is
   * taken for a proxy that speaks Neon's protocols without TLS on that port.
   */
  readonly connectionString: string;
  /** `http` (default) keeps no connection and suits short-lived processes; `websocket` saves a round trip's set-up. */
  readonly transport?: 'http' | 'websocket';
  /** Most time that one query may take. */
  readonly timeoutMs?: number;
  readonly tracer: Tracer;
}

/** Neon's computes wake within about a second; a query of ours takes far less than the rest. */
const DEFAULT_TIMEOUT_MS = 10_000;

const POSTGRES_PORT = 5432;

/**
 * Opens nothing yet: the first query does.
 *
 * @throws {SpreadscopeError} `config_invalid` when the connection string is not complete; it is never quoted.
 */
export function createNeonStore(options: NeonStoreOptions): OpportunityStore {
  const { connectionString, transport = 'http', timeoutMs = DEFAULT_TIMEOUT_MS, tracer } = options;
  const connect = transport === 'http' ? connectOverHttp : connectOverWebSocket;
  const connection = connect({
    connectionString,
    endpoint: toEndpoint(connectionString),
    timeoutMs,
  });
  return createSqlStore('neon', withSqlTelemetry(connection, tracer));
}

function toEndpoint(connectionString: string): SqlEndpoint {
  const url = URL.canParse(connectionString) ? new URL(connectionString) : null;
  const database = decodeURIComponent(url?.pathname.slice(1) ?? '');
  if (url === null || url.hostname === '' || url.username === '' || database === '') {
    throw new SpreadscopeError(
      'config_invalid',
      'DATABASE_URL: expected postgres://USER:PASSWORD@HOST/DATABASE, got something else',
    );
  }
  return {
    namespace: database,
    serverAddress: url.hostname,
    serverPort: url.port === '' ? POSTGRES_PORT : Number(url.port),
  };
}
