/** The platform's WebSockets, as far as they are used. */

export interface HibernatingSocket {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  serializeAttachment(attachment: unknown): void;
  deserializeAttachment(): unknown;
}

/** One that the Worker itself reads. */
export interface PlainSocket {
  accept(): void;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(
    type: 'message' | 'close' | 'error',
    listener: (event: { readonly data?: unknown }) => void,
  ): void;
}

/** The client's end goes into the answer with status 101, the other stays. */
export function createWebSocketPair(): readonly [
  PlainSocket & HibernatingSocket,
  PlainSocket & HibernatingSocket,
] {
  const { WebSocketPair } = globalThis as unknown as {
    readonly WebSocketPair: new () => Readonly<Record<0 | 1, PlainSocket & HibernatingSocket>>;
  };
  const pair = new WebSocketPair();
  return [pair[0], pair[1]];
}

/** The socket of an answer with status 101; null when the other side did not upgrade. */
export function socketOf(response: Response): PlainSocket | null {
  return (response as { readonly webSocket?: PlainSocket | null }).webSocket ?? null;
}

export function isUpgrade(request: Request): boolean {
  return request.headers.get('upgrade')?.toLowerCase() === 'websocket';
}
