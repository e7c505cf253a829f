/** `POST /api/ingest`: market data from feeders elsewhere, authenticated, taken once, refused while detection is behind. */

import { type ErrorCode, isSpreadscopeError } from '../../domain/errors.ts';
import {
  type IngestRows,
  type IngestSink,
  type PushedExchange,
  parseIngestRows,
} from '../../feed/ingest.ts';
import type { JsonRecord } from '../../feed/recording/fields.ts';
import { defineRoute } from '../define-route.ts';
import { requireBearer } from '../middleware/bearer.ts';
import { INGEST_PATH } from '../middleware/limits.ts';
import { HttpProblem } from '../problem.ts';
import { ingestAnswer, ingestBatch } from '../schemas/ingest.ts';
import { behind, failed, invalid, tooLarge, unauthorized, unknown } from '../schemas/problem.ts';
import type { HttpServices } from '../services.ts';
import { createInvalidInput } from '../validation.ts';

/** Name of the bearer token in the OpenAPI document. */
export const INGEST_SECURITY = 'ingestToken';

export function ingestRoute({ config, feed }: HttpServices) {
  const token = feed.ingest === undefined ? null : config.ingestToken;
  return defineRoute(
    {
      method: 'post',
      path: INGEST_PATH,
      tags: ['Markets'],
      summary: 'Takes market data in',
      description:
        'All of a batch is taken or nothing. After a failure, or a 429 and the time that it says, send the same batch again.',
      security: [{ [INGEST_SECURITY]: [] }],
      middleware: [requireBearer(token)],
      request: {
        body: { required: true, content: { 'application/json': { schema: ingestBatch } } },
      },
      responses: {
        200: { description: 'Taken', content: { 'application/json': { schema: ingestAnswer } } },
        400: invalid,
        401: unauthorized,
        404: unknown,
        413: tooLarge,
        429: behind,
        500: failed,
      },
    },
    (c) => {
      const { rows, exchanges = [], ...batch } = c.req.valid('json');
      const sink = requireSource(feed, batch.source);
      const outcome = sink.take({
        ...batch,
        exchanges: exchanges.map(toPushedExchange),
        ...parseRows(rows),
      });
      if (outcome.type === 'behind') throw toBehind(outcome.retryAfterMs);
      const none = { updatesCount: 0, unknownCount: 0, lateCount: 0 };
      const { updatesCount, unknownCount, lateCount } = outcome.type === 'taken' ? outcome : none;
      const isDuplicate = outcome.type === 'duplicate';
      return c.json({ isDuplicate, updatesCount, unknownCount, lateCount }, 200);
    },
  );
}

/** A synthetic market must not pass for a real one. */
function requireSource(feed: HttpServices['feed'], source: string): IngestSink {
  const { ingest } = feed;
  if (ingest === undefined) throw new HttpProblem('ingest_off', 'FEED=ingest switches it on.');
  if (source === feed.source) return ingest;
  throw createInvalidInput([
    { in: 'body', field: 'source', expected: `${feed.source}, as INGEST_SOURCE says` },
  ]);
}

function parseRows(rows: readonly JsonRecord[]): IngestRows {
  try {
    return parseIngestRows(rows);
  } catch (error) {
    if (!isSpreadscopeError(error, 'recording_invalid')) throw error;
    const [field = 'rows', expected = error.message] = error.message.split(': expected ', 2);
    throw createInvalidInput([{ in: 'body', field, expected }]);
  }
}

/** What a feeder says is shown, not branched on: any text may stand where a code of ours does. */
function toPushedExchange(given: {
  readonly exchange: string;
  readonly state: PushedExchange['state'];
  readonly reason: { readonly code: string; readonly message: string } | null;
}): PushedExchange {
  const { exchange, state, reason } = given;
  const code = reason?.code as ErrorCode;
  return { exchange, state, reason: reason && { code, message: reason.message } };
}

function toBehind(retryAfterMs: number): HttpProblem {
  return new HttpProblem('ingest_behind', 'Send the same batch again later.', {
    headers: { 'Retry-After': String(Math.ceil(retryAfterMs / 1_000)) },
  });
}
