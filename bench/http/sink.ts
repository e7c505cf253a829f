/** Takes OTLP requests and answers 200 without reading what is in them; counts the spans' bytes. */

import { once } from 'node:events';
import { createServer } from 'node:http';

export interface Sink {
  readonly url: string;
  receivedBytes(): number;
  close(): void;
}

export async function openSink(): Promise<Sink> {
  let bytesCount = 0;
  const server = createServer((request, response) => {
    request.on('data', (chunk: Uint8Array) => {
      bytesCount += chunk.length;
    });
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': '0' });
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('BUG: a sink has a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    receivedBytes: () => bytesCount,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
