/** One WebSocket over all objects: the objects' own may hibernate, this one lives with the Worker's request. */

import { createWebSocketPair, type PlainSocket, socketOf } from '../web-sockets.ts';
import { forward, type Gateway } from './ask.ts';
import { fromPlaces, readPlaces, toPlaces, withPlace } from './places.ts';

/** Closes when one of the objects' sockets closes: the client comes back with its place, to all. */
export async function mergeSockets(gateway: Gateway, request: Request): Promise<Response> {
  const { names } = gateway.layout;
  const asked = readPlaces(request);
  const given = fromPlaces(asked, names.length);
  const responses = await Promise.all(
    names.map((name, index) => forward(gateway, withPlace(request, given?.[index] ?? null), name)),
  );
  const sockets = responses.flatMap((response) => socketOf(response) ?? []);
  if (sockets.length < names.length) {
    for (const socket of sockets) endQuietly(socket);
    return (
      responses.find((response) => socketOf(response) === null) ??
      new Response(null, { status: 502 })
    );
  }
  const [client, server] = createWebSocketPair();
  server.accept();
  join(server, sockets, asked !== null && given === null);
  return new Response(null, { status: 101, webSocket: client } as ResponseInit);
}

function join(server: PlainSocket, sockets: readonly PlainSocket[], hasLostPlace: boolean): void {
  const places: string[] = [];
  const early: string[] = [];
  let greetedCount = 0;
  const end = () => {
    for (const socket of [server, ...sockets]) endQuietly(socket);
  };
  const send = (text: string) => {
    try {
      server.send(text);
    } catch {
      end();
    }
  };
  const take = (index: number, data: unknown) => {
    const message = JSON.parse(String(data)) as { readonly type: string; readonly id?: string };
    if (message.id !== undefined) places[index] = message.id;
    if (message.type === 'hello') {
      greetedCount += 1;
      if (greetedCount < sockets.length) return;
      send(JSON.stringify({ type: 'hello', id: toPlaces(places) }));
      if (hasLostPlace) send(JSON.stringify({ type: 'missed', missedCount: null }));
      for (const text of early.splice(0)) send(text);
      return;
    }
    const toText = () =>
      JSON.stringify(message.id === undefined ? message : { ...message, id: toPlaces(places) });
    // Before all have said where they begin there is no place to tell.
    if (greetedCount < sockets.length) early.push(JSON.stringify({ ...message, id: undefined }));
    else send(toText());
  };
  for (const [index, socket] of sockets.entries()) {
    socket.addEventListener('message', ({ data }) => take(index, data));
    socket.addEventListener('close', end);
    socket.addEventListener('error', end);
    socket.accept();
  }
  server.addEventListener('close', end);
  server.addEventListener('error', end);
}

/** 1012: "Service Restart" (IANA, WebSocket Close Code Number Registry). */
function endQuietly(socket: PlainSocket): void {
  try {
    socket.close(1012);
  } catch {
    // It is closed already.
  }
}
