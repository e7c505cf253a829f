/** PGlite behind PostgreSQL's wire protocol, for clients that know nothing but a server. */

import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { freePort } from './free-port.ts';

export interface PgliteServer {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startPgliteServer(): Promise<PgliteServer> {
  const database = await PGlite.create('memory://');
  const port = await freePort();
  const server = new PGLiteSocketServer({
    db: database,
    port,
    host: '127.0.0.1',
    maxConnections: 10,
  });
  await server.start();
  return {
    port,
    stop: async () => {
      await server.stop();
      await database.close();
    },
  };
}
