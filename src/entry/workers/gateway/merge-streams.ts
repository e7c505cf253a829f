/** One stream of server-sent events over all objects: each event carries the places in all of theirs. */

import { forward, type Gateway } from './ask.ts';
import { fromPlaces, readPlaces, toPlaces, withPlace } from './places.ts';

interface Source {
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly decoder: TextDecoder;
  rest: string;
  pending: Promise<Chunk> | null;
}

interface Chunk {
  readonly index: number;
  readonly blocks: readonly string[];
  readonly isEnded: boolean;
}

/** Ends when one of the objects' streams ends: the client comes back with its place, to all. */
export async function mergeStreams(gateway: Gateway, request: Request): Promise<Response> {
  const { names } = gateway.layout;
  const asked = readPlaces(request);
  const given = fromPlaces(asked, names.length);
  const responses = await Promise.all(
    names.map((name, index) => forward(gateway, withPlace(request, given?.[index] ?? null), name)),
  );
  const refused = responses.find(({ ok, body }) => !ok || body === null);
  if (refused !== undefined) {
    for (const other of responses) if (other !== refused) await other.body?.cancel();
    return refused;
  }
  const hasLostPlace = asked !== null && given === null;
  const body = toMergedBody(responses.map(toSource), given ?? [], hasLostPlace);
  return new Response(body, { headers: responses[0]?.headers ?? {} });
}

function toSource({ body }: Response): Source {
  if (body === null) throw new Error('BUG: a stream without a body');
  return { reader: body.getReader(), decoder: new TextDecoder(), rest: '', pending: null };
}

function toMergedBody(
  sources: readonly Source[],
  given: readonly string[],
  hasLostPlace: boolean,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const places: string[] = [...given];
  const close = () =>
    Promise.all(sources.map(({ reader }) => reader.cancel().catch(() => undefined)));
  const toText = ({ index, blocks }: Chunk): string =>
    blocks.map((block) => toMergedBlock(block, index, places)).join('');
  const open = async (): Promise<string> => {
    // The first chunk of each says where it begins.
    const first = await Promise.all(sources.map(read));
    const texts = first.map(toText).join('');
    const lost = hasLostPlace ? 'event: missed\ndata: {"missedCount":null}\n\n' : '';
    return `retry: 2000\nid: ${toPlaces(places)}\n\n${lost}${texts}`;
  };
  const next = async (): Promise<{ readonly text: string; readonly isEnded: boolean }> => {
    for (;;) {
      for (const [index, source] of sources.entries()) source.pending ??= read(source, index);
      const chunk = await Promise.race(sources.flatMap(({ pending }) => pending ?? []));
      const source = sources[chunk.index];
      if (source !== undefined) source.pending = null;
      const text = toText(chunk);
      if (text !== '' || chunk.isEnded) return { text, isEnded: chunk.isEnded };
    }
  };
  let isOpened = false;
  return new ReadableStream<Uint8Array>({
    // Not in `start`, for whose end workerd does not wait.
    pull: async (controller) => {
      if (!isOpened) {
        isOpened = true;
        controller.enqueue(encoder.encode(await open()));
        return;
      }
      const { text, isEnded } = await next();
      if (text !== '') controller.enqueue(encoder.encode(text));
      if (!isEnded) return;
      await close();
      controller.close();
    },
    cancel: () => close().then(() => undefined),
  });
}

async function read(source: Source, index: number): Promise<Chunk> {
  try {
    const { done, value } = await source.reader.read();
    const blocks = `${source.rest}${source.decoder.decode(value, { stream: !done })}`.split('\n\n');
    source.rest = blocks.pop() ?? '';
    return { index, blocks, isEnded: done };
  } catch {
    return { index, blocks: [], isEnded: true };
  }
}

/** Empty for what only one stream needs: its first block, and heartbeats of all but the first. */
function toMergedBlock(block: string, index: number, places: string[]): string {
  const id = /^id: (.+)$/m.exec(block)?.[1];
  if (id !== undefined) places[index] = id;
  if (block.startsWith('retry:')) return '';
  if (block.startsWith(':')) return index === 0 ? `${block}\n\n` : '';
  const merged =
    id === undefined ? block : block.replace(/^id: .+$/m, () => `id: ${toPlaces(places)}`);
  return `${merged}\n\n`;
}
