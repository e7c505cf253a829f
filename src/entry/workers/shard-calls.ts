/** What the Worker asks an object to do, beside the API: the queue's consumer and the cron. */

import { setRoute } from '../../telemetry/http-server.ts';
import type { ShardStub } from './bindings.ts';
import { SHARD_CALL_PREFIX } from './gateway/paths.ts';
import type { OpenedApp } from './open-app.ts';

/** `acknowledge`: the database has these rows. `upkeep`: forget what is past its time, tell the statistics. */
export type ShardCall =
  | { readonly type: 'acknowledge'; readonly sequences: readonly number[] }
  | { readonly type: 'upkeep' };

export function isShardCall(pathname: string): boolean {
  return pathname.startsWith(SHARD_CALL_PREFIX);
}

/** @throws {Error} when the object does not answer with 200. */
export async function callShard<Answer>(
  stub: ShardStub,
  call: ShardCall,
  headers: Headers,
): Promise<Answer> {
  const request = new Request(`https://market${SHARD_CALL_PREFIX}${call.type}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(call),
  });
  const response = await stub.fetch(request);
  if (!response.ok) throw new Error(`an object answered ${response.status} to ${call.type}`);
  return (await response.json()) as Answer;
}

export async function answerShardCall(request: Request, opened: OpenedApp): Promise<Response> {
  const call = (await request.json()) as ShardCall;
  setRoute(request, `${SHARD_CALL_PREFIX}${call.type}`);
  if (call.type === 'acknowledge') {
    return Response.json({ acknowledgedCount: opened.journal.acknowledge(call.sequences) });
  }
  return Response.json(await opened.upkeep());
}
