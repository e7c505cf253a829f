/** A real HTTP and WebSocket server on a free port of this machine that misbehaves when told to. */

import type { Server, ServerWebSocket } from 'bun';
import type { Refusal } from './exchange-format.ts';

/**
 * `die`: nothing listens any more · `hang`: requests are never answered and sockets fall silent · `garbage`: what is sent
 * is no JSON · `wrong-types`: it is JSON with text where numbers belong · `stall`: only sockets fall silent ·
 * `no-websocket`: only sockets are refused · otherwise the exchange's own refusal, with which sockets are closed.
 */
export type Fault = 'die' | 'hang' | 'garbage' | 'wrong-types' | 'stall' | 'no-websocket' | Refusal;

export interface FaultServerHandlers {
  /** Answers in good health. */
  readonly answer: (request: Request) => Response;
  readonly refuse: (refusal: Refusal) => Response;
  readonly open: (socket: FaultSocket) => void;
  readonly message: (socket: FaultSocket, text: string) => void;
  readonly close: (socket: FaultSocket) => void;
}

/** A connection whose messages pass through the fault that is set. */
export interface FaultSocket {
  /** Of the address that was dialled. */
  readonly path: string;
  send(text: string): void;
}

interface SocketData {
  readonly path: string;
  socket: FaultSocket | null;
}

const GARBAGE = '{"symbols":[{"symbol":"BTCUS';

export class FaultServer {
  readonly #handlers: FaultServerHandlers;
  readonly #sockets = new Set<ServerWebSocket<SocketData>>();
  /** Requests received, newest last. */
  readonly requests: { readonly path: string; readonly headers: Headers }[] = [];
  #fault: Fault | null = null;
  #server: Server<SocketData> | null = null;
  #port = 0;

  constructor(handlers: FaultServerHandlers) {
    this.#handlers = handlers;
    this.#listen();
  }

  get port(): number {
    return this.#port;
  }

  get socketsCount(): number {
    return this.#sockets.size;
  }

  /** Null: in good health again, at the same address. */
  async setFault(fault: Fault | null): Promise<void> {
    this.#fault = fault;
    if (fault === 'die') await this.#stop();
    else if (this.#server === null) this.#listen();
    if (isRefusal(fault) || fault === 'no-websocket')
      for (const socket of this.#sockets) socket.terminate();
    if (fault === 'garbage') for (const socket of this.#sockets) socket.send(GARBAGE);
  }

  async close(): Promise<void> {
    this.#fault = 'die';
    await this.#stop();
  }

  #listen(): void {
    this.#server = Bun.serve<SocketData>({
      hostname: '127.0.0.1',
      port: this.#port,
      idleTimeout: 0,
      fetch: (request, server) => this.#fetch(request, server),
      websocket: {
        open: (socket) => this.#open(socket),
        message: (socket, text) => this.#message(socket, String(text)),
        close: (socket) => this.#close(socket),
      },
    });
    this.#port = this.#server.port ?? 0;
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#sockets) socket.terminate();
    this.#sockets.clear();
    await server?.stop(true);
  }

  #fetch(request: Request, server: Server<SocketData>): Response | Promise<Response> | undefined {
    const path = new URL(request.url).pathname;
    this.requests.push({ path, headers: request.headers });
    if (this.#fault === 'hang') return new Promise(() => undefined);
    if (isRefusal(this.#fault)) return this.#handlers.refuse(this.#fault);
    const isUpgrade = request.headers.get('upgrade') === 'websocket';
    if (isUpgrade && this.#fault === 'no-websocket') return new Response(null, { status: 403 });
    if (isUpgrade && server.upgrade(request, { data: { path, socket: null } })) return undefined;
    return this.#spoil(this.#handlers.answer(request));
  }

  #spoil(response: Response): Response | Promise<Response> {
    if (this.#fault === 'garbage') return new Response(GARBAGE, { headers: response.headers });
    if (this.#fault !== 'wrong-types') return response;
    return response.text().then((text) => new Response(withWrongTypes(text), response));
  }

  #open(raw: ServerWebSocket<SocketData>): void {
    this.#sockets.add(raw);
    const socket: FaultSocket = {
      path: raw.data.path,
      send: (text) => this.#send(raw, text),
    };
    raw.data.socket = socket;
    this.#handlers.open(socket);
    if (this.#fault === 'garbage') raw.send(GARBAGE);
  }

  #send(raw: ServerWebSocket<SocketData>, text: string): void {
    if (this.#fault === 'hang' || this.#fault === 'stall') return;
    if (this.#fault === 'garbage') raw.send(GARBAGE);
    else raw.send(this.#fault === 'wrong-types' ? withWrongTypes(text) : text);
  }

  #message(raw: ServerWebSocket<SocketData>, text: string): void {
    if (raw.data.socket !== null) this.#handlers.message(raw.data.socket, text);
  }

  #close(raw: ServerWebSocket<SocketData>): void {
    this.#sockets.delete(raw);
    if (raw.data.socket !== null) this.#handlers.close(raw.data.socket);
  }
}

function isRefusal(fault: Fault | null): fault is Refusal {
  return fault === 'rate-limit' || fault === 'maintenance' || fault === 'geo-block';
}

/** Where a field is a decimal number in quotation marks, or a list (a level) begins with one, other text takes its place. */
function withWrongTypes(text: string): string {
  return text.replaceAll(/([:[])"\d+(\.\d+)?"/g, '$1"not a number"');
}
