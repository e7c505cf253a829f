/** Databases and Neon proxies for tests of the Neon driver. */

import { Client } from 'pg';
import { startNeonHttpBridge } from '../../support/neon-http-bridge.ts';
import { startPgliteServer } from '../../support/pglite-server.ts';
import type { PostgresServer } from '../../support/postgres-server.ts';
import { startWsTcpBridge } from '../../support/ws-tcp-bridge.ts';

export type Transport = 'http' | 'websocket';

/** A database that accepts PostgreSQL's wire protocol on a port of this machine. */
export interface DatabaseSetting {
  readonly port: number;
  /** `user:password`, as in a URL. */
  readonly credentials: string;
  readonly database: string;
  stop(): Promise<void>;
}

export async function openPglite(): Promise<DatabaseSetting> {
  const server = await startPgliteServer();
  return { ...server, credentials: 'postgres:any', database: 'postgres' };
}

/** A new, empty database of a running server. */
export async function openPostgres(server: PostgresServer, name: string): Promise<DatabaseSetting> {
  const { port } = server;
  const credentials = `${server.user}:${server.password}`;
  const database = await createDatabase(port, credentials, name);
  return { port, credentials, database, stop: async () => {} };
}

export async function createDatabase(
  port: number,
  credentials: string,
  name: string,
): Promise<string> {
  const client = new Client(`postgres://${credentials}@127.0.0.1:${port}/postgres`);
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return name;
}

export interface ProxySetting {
  readonly connectionString: string;
  stop(): Promise<void>;
}

/** Neon's protocol in front of a database. */
export async function openProxy(
  transport: Transport,
  { port, credentials, database }: DatabaseSetting,
): Promise<ProxySetting> {
  const bridge = await (transport === 'http' ? startNeonHttpBridge(port) : startWsTcpBridge(port));
  const connectionString = `postgres://${credentials}@127.0.0.1:${bridge.port}/${database}`;
  return { connectionString, stop: () => bridge.stop() };
}
