/** Market data for all objects: each gets the rows of its symbols, the whole market gets all. */

import { MAX_INGEST_BYTES } from '../../../feed/ingest.ts';
import { isSameSecret } from '../../../http/middleware/bearer.ts';
import { forward, type Gateway, toMergedResponse, withTrace } from './ask.ts';

interface Row {
  readonly symbol?: unknown;
}

interface Counts {
  readonly isDuplicate: boolean;
  readonly updatesCount: number;
  readonly unknownCount: number;
  readonly lateCount: number;
}

/**
 * Objects that took their part say `isDuplicate` when the batch is sent again because another was behind.
 *
 * @param token - `INGEST_TOKEN`; what does not carry it goes to one object, which refuses it.
 */
export async function splitIngest(
  gateway: Gateway,
  request: Request,
  token: string | null,
): Promise<Response> {
  const { whole, names } = gateway.layout;
  const isAllowed = token !== null && (await isSameSecret(readBearer(request), token));
  const declaredBytes = Number(request.headers.get('content-length') ?? 0);
  if (!isAllowed || declaredBytes > MAX_INGEST_BYTES) return forward(gateway, request, whole);
  const text = await request.text();
  const batch = toBatch(text);
  const send = (name: string, body: string) => {
    const headers = withTrace(gateway, request.headers);
    headers.delete('content-length');
    return gateway.stubOf(name).fetch(new Request(request.url, { method: 'POST', headers, body }));
  };
  // What has no rows to split is told what is wrong with it by the object.
  if (batch === null) return send(whole, text);
  const bySymbol = Map.groupBy(batch.rows, ({ symbol }) => gateway.layout.ownerOf(String(symbol)));
  // The one that sees all rows judges them first: nobody takes a part of what is refused.
  const judged = await send(whole, text);
  if (!judged.ok) return judged;
  const others = await Promise.all(
    names
      .filter((name) => name !== whole && (bySymbol.has(name) || batch.hasExchanges))
      .map((name) => send(name, JSON.stringify({ ...batch.body, rows: bySymbol.get(name) ?? [] }))),
  );
  const refused = others.find(({ ok }) => !ok);
  if (refused !== undefined) return refused;
  const answers = (await Promise.all(others.map((each) => each.json()))) as readonly Counts[];
  return toMergedResponse(mergeCounts((await judged.clone().json()) as Counts, answers), judged);
}

function mergeCounts(whole: Counts, parts: readonly Counts[]): Counts {
  if (parts.length === 0) return whole;
  const sum = (read: (counts: Counts) => number) =>
    parts.reduce((total, part) => total + read(part), 0);
  return {
    isDuplicate: whole.isDuplicate && parts.every(({ isDuplicate }) => isDuplicate),
    updatesCount: sum((part) => part.updatesCount),
    // A market that one of the two does not know is asked for again.
    unknownCount: Math.max(
      whole.unknownCount,
      sum((part) => part.unknownCount),
    ),
    lateCount: sum((part) => part.lateCount),
  };
}

function readBearer(request: Request): string {
  return /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
}

function toBatch(text: string) {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof body !== 'object' || body === null || !('rows' in body)) return null;
  const { rows } = body;
  const areRows =
    Array.isArray(rows) && rows.every((row) => typeof row === 'object' && row !== null);
  if (!areRows) return null;
  return { body, rows: rows as readonly Row[], hasExchanges: 'exchanges' in body };
}
