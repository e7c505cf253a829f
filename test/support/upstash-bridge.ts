/** Speaks Upstash's REST protocol in front of a real redis-server: `/`, `/pipeline` and `/multi-exec`. */

import { createRespClient, type RespClient, RespError, type RespValue } from './resp-client.ts';

export interface UpstashBridge {
  readonly url: string;
  readonly token: string;
  /** Answers every request with this instead, until it is set to null. */
  setFault(fault: (() => Response | Promise<Response>) | null): void;
  stop(): Promise<void>;
}

export async function startUpstashBridge(redisPort: number): Promise<UpstashBridge> {
  const token = 'token-of-the-test';
  const client = await createRespClient(redisPort);
  let fault: (() => Response | Promise<Response>) | null = null;
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request) => (fault === null ? answer(request, client, token) : fault()),
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    token,
    setFault: (next) => {
      fault = next;
    },
    stop: async () => {
      client.close();
      await server.stop(true);
    },
  };
}

async function answer(request: Request, client: RespClient, token: string): Promise<Response> {
  if (request.headers.get('authorization') !== `Bearer ${token}`) {
    return Response.json({ error: 'WRONGPASS invalid or missing auth token' }, { status: 401 });
  }
  const isBase64 = request.headers.get('upstash-encoding') === 'base64';
  const toBody = (value: RespValue) =>
    value instanceof RespError ? { error: value.message } : { result: encode(value, isBase64) };
  const body: unknown = await request.json();
  const { pathname } = new URL(request.url);
  const headers = { 'upstash-sync-token': 'sync' };
  if (pathname === '/') {
    const value = await client.send(toCommand(body));
    const status = value instanceof RespError ? 400 : 200;
    return Response.json(toBody(value), { status, headers });
  }
  if (!Array.isArray(body)) return Response.json({ error: 'ERR not a list' }, { status: 400 });
  const commands = body.map(toCommand);
  if (pathname === '/pipeline') {
    const values = await Promise.all(commands.map((command) => client.send(command)));
    return Response.json(values.map(toBody), { headers });
  }
  if (pathname === '/multi-exec') {
    const all = [['MULTI'], ...commands, ['EXEC']];
    const values = await Promise.all(all.map((command) => client.send(command)));
    const last = values.at(-1) ?? null;
    if (!Array.isArray(last)) return Response.json(toBody(last), { status: 400, headers });
    return Response.json(last.map(toBody), { headers });
  }
  return Response.json({ error: 'ERR unknown path' }, { status: 404 });
}

/** The REST protocol carries text, numbers and booleans; Redis takes text. */
function toCommand(body: unknown): readonly string[] {
  if (!Array.isArray(body)) throw new TypeError('expected a command as a list');
  return body.map(String);
}

function encode(value: RespValue, isBase64: boolean): unknown {
  if (value instanceof RespError) return { error: value.message };
  if (Array.isArray(value)) return value.map((item: RespValue) => encode(item, isBase64));
  return typeof value === 'string' && isBase64 ? Buffer.from(value).toString('base64') : value;
}
