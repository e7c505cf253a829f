/**
 * WebSockets of stream clients. The platform holds them (hibernation), so they outlive the object's memory: each carries
 * its filter and its place in the stream, from which it goes on.
 */

import { matches } from '../../http/open-page.ts';
import { streamQuery } from '../../http/schemas/opportunity.ts';
import type { OpportunityHub } from '../../pipeline/ports.ts';
import { createWebSocketPair, type HibernatingSocket } from './web-sockets.ts';

interface Attachment {
  /** The last message that was sent; before the first, where the stream begins. */
  readonly id: string;
  readonly symbol?: string;
  readonly exchange?: string;
}

export interface LiveSockets {
  /** Answers an upgrade; 400 when the query is not understood, 503 when too many are connected. */
  accept(request: Request): Response;
  /** Goes on with a socket that was there before. */
  resume(socket: HibernatingSocket): void;
  /** Ends what belongs to a socket that has closed. */
  forget(socket: HibernatingSocket): void;
}

/** A Durable Object may hold 32,768 (Durable Objects, "WebSockets"); each costs work at every message. */
const MAX_SOCKETS_COUNT = 1_000;

export function createLiveSockets(
  hub: OpportunityHub,
  hold: (socket: HibernatingSocket) => void,
): LiveSockets {
  const running = new Map<HibernatingSocket, AbortController>();

  const run = async (socket: HibernatingSocket, abort: AbortController): Promise<void> => {
    const { id: afterId, ...filter } = socket.deserializeAttachment() as Attachment;
    try {
      for await (const message of hub.subscribe({ afterId, signal: abort.signal })) {
        const { id, event, missedCount } = message;
        if (missedCount > 0) socket.send(JSON.stringify({ type: 'missed', missedCount }));
        const { opportunity } = event;
        const isWanted = matches(opportunity, filter);
        if (isWanted) socket.send(JSON.stringify({ type: event.type, id, opportunity }));
        socket.serializeAttachment({ id, ...filter });
      }
      if (!abort.signal.aborted) socket.close(1001);
    } catch {
      // Sending to a socket that is gone throws; its client comes back.
    }
    running.delete(socket);
  };

  const resume = (socket: HibernatingSocket): void => {
    if (running.has(socket)) return;
    const abort = new AbortController();
    running.set(socket, abort);
    void run(socket, abort);
  };

  return {
    accept: (request) => {
      const query = streamQuery.safeParse(Object.fromEntries(new URL(request.url).searchParams));
      if (!query.success) return new Response(null, { status: 400 });
      if (running.size >= MAX_SOCKETS_COUNT) {
        return new Response(null, { status: 503 });
      }
      const { lastEventId, symbol, exchange } = query.data;
      const [client, server] = createWebSocketPair();
      hold(server);
      const id = lastEventId ?? hub.lastId;
      server.serializeAttachment({
        id,
        ...(symbol === undefined ? {} : { symbol }),
        ...(exchange === undefined ? {} : { exchange }),
      });
      server.send(JSON.stringify({ type: 'hello', id }));
      resume(server);
      return new Response(null, { status: 101, webSocket: client } as ResponseInit);
    },
    resume,
    forget: (socket) => {
      running.get(socket)?.abort();
      running.delete(socket);
    },
  };
}
