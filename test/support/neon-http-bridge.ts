/** Speaks Neon's HTTP protocol in front of a real PostgreSQL server: `POST /sql`, one query or a batch. */

import { Client, DatabaseError, type QueryArrayResult } from 'pg';

export interface NeonHttpBridge {
  readonly port: number;
  /** Answers every request with this instead, until it is set to null. */
  setFault(fault: (() => Response | Promise<Response>) | null): void;
  stop(): Promise<void>;
}

interface Query {
  readonly query: string;
  readonly params: readonly unknown[];
}

/** @param targetPort - the PostgreSQL server; user, password and database come with each request. */
export function startNeonHttpBridge(targetPort: number): NeonHttpBridge {
  let fault: (() => Response | Promise<Response>) | null = null;
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request) => (fault === null ? answer(request, targetPort) : fault()),
  });
  return {
    port: server.port ?? 0,
    setFault: (next) => {
      fault = next;
    },
    stop: () => server.stop(true),
  };
}

async function answer(request: Request, targetPort: number): Promise<Response> {
  const connectionString = request.headers.get('neon-connection-string');
  const isSql = request.method === 'POST' && new URL(request.url).pathname === '/sql';
  if (!isSql || connectionString === null) return new Response('not found', { status: 404 });
  if (request.headers.get('neon-raw-text-output') !== 'true') {
    return new Response('only raw text output is spoken here', { status: 501 });
  }
  const target = new URL(connectionString);
  target.port = String(targetPort);
  const client = new Client({ connectionString: target.href });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return Response.json(await run(client, await request.json()));
  } catch (error) {
    return toErrorResponse(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function run(client: Client, body: Query | { readonly queries: readonly Query[] }) {
  if (!('queries' in body)) return toAnswer(await runOne(client, body));
  await client.query('BEGIN');
  const results = [];
  for (const query of body.queries) results.push(toAnswer(await runOne(client, query)));
  await client.query('COMMIT');
  return { results };
}

function runOne(client: Client, { query, params }: Query): Promise<QueryArrayResult> {
  return client.query({
    text: query,
    values: [...params],
    rowMode: 'array',
    types: { getTypeParser: () => (text: string) => text },
  });
}

function toAnswer({ fields, rows, command, rowCount }: QueryArrayResult) {
  return { fields, rows, command, rowCount, rowAsArray: true };
}

function toErrorResponse(error: unknown): Response {
  if (!(error instanceof DatabaseError)) {
    return new Response('the database cannot be reached', { status: 503 });
  }
  const { message, code, severity, detail, hint, position, where, schema, table, column } = error;
  const { dataType, constraint, file, line, routine } = error;
  const place = { position, where, schema, table, column, dataType, constraint };
  return Response.json(
    { message, code, severity, detail, hint, ...place, file, line, routine },
    { status: 400 },
  );
}
