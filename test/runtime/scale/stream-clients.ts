/** Clients of the stream that come back with their place whenever they are cut off, and keep what they were told. */

export interface StreamClient {
  /** How often each opening and closing was told, by `type id`. */
  readonly told: ReadonlyMap<string, number>;
  /** Words of lost messages. */
  readonly missed: readonly string[];
  /** True once it knows its place: from here on everything is told. */
  hasBegun(): boolean;
  stop(): void;
}

interface Memory {
  readonly told: Map<string, number>;
  readonly missed: string[];
  place: string | null;
}

function remember(memory: Memory, type: string, data: { readonly id: string }): void {
  if (type === 'updated') return;
  const key = `${type} ${data.id}`;
  memory.told.set(key, (memory.told.get(key) ?? 0) + 1);
}

const RETRY_MS = 100;

/** @param urlOf - where the service is now. */
export function followEvents(urlOf: () => string): StreamClient {
  const memory: Memory = { told: new Map(), missed: [], place: null };
  const stop = new AbortController();
  void (async () => {
    while (!stop.signal.aborted) {
      await readOnce(urlOf(), memory, stop.signal).catch(() => undefined);
      await Bun.sleep(RETRY_MS);
    }
  })();
  const hasBegun = () => memory.place !== null;
  return { ...memory, hasBegun, stop: () => stop.abort() };
}

async function readOnce(url: string, memory: Memory, signal: AbortSignal): Promise<void> {
  const headers = memory.place === null ? {} : { 'last-event-id': memory.place };
  const response = await fetch(`${url}/api/opportunities/stream`, { headers, signal });
  if (!response.ok || response.body === null) return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of response.body) {
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) takeBlock(block, memory);
  }
}

function takeBlock(block: string, memory: Memory): void {
  const fieldOf = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  memory.place = fieldOf('id') ?? memory.place;
  const type = fieldOf('event');
  const data = fieldOf('data');
  if (type === undefined || data === undefined) return;
  if (type === 'missed') memory.missed.push(data);
  else remember(memory, type, JSON.parse(data));
}

/** As `followEvents`, over a WebSocket. */
export function followSocket(urlOf: () => string): StreamClient {
  const memory: Memory = { told: new Map(), missed: [], place: null };
  let socket: WebSocket | null = null;
  let isStopped = false;
  const connect = () => {
    if (isStopped) return;
    const url = new URL('/api/opportunities/stream', urlOf().replace('http', 'ws'));
    if (memory.place !== null) url.searchParams.set('lastEventId', memory.place);
    socket = new WebSocket(url);
    socket.onmessage = ({ data }) => takeMessage(JSON.parse(String(data)), memory);
    socket.onclose = () => setTimeout(connect, RETRY_MS);
  };
  connect();
  return {
    ...memory,
    hasBegun: () => memory.place !== null,
    stop: () => {
      isStopped = true;
      socket?.close();
    },
  };
}

interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  readonly opportunity?: { readonly id: string };
}

function takeMessage({ type, id, opportunity }: SocketMessage, memory: Memory): void {
  memory.place = id ?? memory.place;
  if (type === 'missed') memory.missed.push(type);
  if (opportunity !== undefined) remember(memory, type, opportunity);
}
