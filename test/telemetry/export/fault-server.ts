/** A local HTTP server that misbehaves as told: one reply per request, the last one again and again. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type FaultReply =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    }
  /** Takes the request and says nothing. */
  | { readonly kind: 'hang' }
  /** Cuts the connection before an answer. */
  | { readonly kind: 'reset' }
  /** Cuts it in the middle of a 200. */
  | { readonly kind: 'reset_in_body' }
  /** A 200 whose body never ends, a byte now and a byte then. */
  | { readonly kind: 'drip' };

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Uint8Array;
}

export interface FaultServer {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Requests that will never get a whole answer. */
  readonly stalledCount: number;
  readonly connectionCount: number;
  close(): Promise<void>;
}

export async function createFaultServer(replies: readonly FaultReply[]): Promise<FaultServer> {
  const requests: ReceivedRequest[] = [];
  const drips = new Set<ReturnType<typeof setInterval>>();
  let stalledCount = 0;
  let connectionCount = 0;
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    requests.push({
      path: request.url ?? '',
      headers: request.headers,
      body: Uint8Array.from(Buffer.concat(chunks)),
    });
    const reply = replies[Math.min(requests.length, replies.length) - 1];
    if (reply === undefined) throw new Error('BUG: a fault server needs a reply');
    if (reply.kind === 'drip') drips.add(drip(response));
    else give(response, reply);
    if (reply.kind === 'drip' || reply.kind === 'hang') stalledCount += 1;
  });
  server.on('connection', () => {
    connectionCount += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('BUG: no TCP address');
  return {
    url: `http://127.0.0.1:${address.port}/v1/traces`,
    requests,
    get stalledCount() {
      return stalledCount;
    },
    get connectionCount() {
      return connectionCount;
    },
    async close() {
      for (const timer of drips) clearInterval(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function give(response: ServerResponse, reply: Exclude<FaultReply, { kind: 'drip' }>): void {
  if (reply.kind === 'hang') return;
  if (reply.kind === 'reset') {
    response.socket?.destroy();
    return;
  }
  if (reply.kind === 'reset_in_body') {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('x'.repeat(500), () => response.socket?.destroy());
    return;
  }
  response.writeHead(reply.status, reply.headers ?? {}).end(reply.body ?? '');
}

function drip(response: ServerResponse): ReturnType<typeof setInterval> {
  response.writeHead(200, { 'content-type': 'application/x-protobuf' });
  response.write('x');
  return setInterval(() => response.write('x'), 20);
}
