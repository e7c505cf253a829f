/** Carries bytes between WebSocket clients and a TCP server, as Neon's WebSocket proxy does. */

import { createConnection, type Socket } from 'node:net';

export interface WsTcpBridge {
  readonly port: number;
  /** Connections accepted so far. */
  connectionsCount(): number;
  /** Cuts every connection. */
  cut(): void;
  stop(): Promise<void>;
}

interface Link {
  socket: Socket | null;
  /** What came before the TCP side was ready. */
  early: Uint8Array[];
}

export async function startWsTcpBridge(tcpPort: number): Promise<WsTcpBridge> {
  const sockets = new Set<Socket>();
  let connectionsCount = 0;
  const server = Bun.serve<Link, never>({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request, self) =>
      self.upgrade(request, { data: { socket: null, early: [] } })
        ? undefined
        : new Response('expected a WebSocket', { status: 426 }),
    websocket: {
      open: (client) => {
        connectionsCount += 1;
        const socket = createConnection({ port: tcpPort, host: '127.0.0.1' });
        sockets.add(socket);
        socket.on('connect', () => {
          for (const bytes of client.data.early.splice(0)) socket.write(bytes);
        });
        socket.on('data', (bytes: Buffer) => client.sendBinary(bytes));
        socket.on('error', () => client.close());
        socket.on('close', () => {
          sockets.delete(socket);
          client.close();
        });
        client.data.socket = socket;
      },
      message: (client, message) => {
        const bytes = typeof message === 'string' ? Buffer.from(message) : new Uint8Array(message);
        const { socket, early } = client.data;
        if (socket === null || socket.connecting) early.push(bytes);
        else socket.write(bytes);
      },
      close: (client) => {
        client.data.socket?.end();
      },
    },
  });
  return {
    port: server.port ?? 0,
    connectionsCount: () => connectionsCount,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await server.stop(true);
    },
  };
}
