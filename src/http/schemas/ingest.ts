/** What feeders push. */

import { z } from '@hono/zod-openapi';
import { MAX_INGEST_ROWS_COUNT } from '../../feed/ingest.ts';
import { count, orNull, reason, source } from './common.ts';

const row = z.looseObject({ type: z.enum(['market', 'quote', 'book']) }).openapi('RecordingRow', {
  description:
    'A row of a recording, version 1: a market (before its first update), a quote or a whole book',
});

const FEEDER_EXPECTED = 'a name of one run of the feeder, 1 to 128 of A-Z a-z 0-9 . _ : -';

const pushedExchange = z
  .object({
    exchange: z.string().regex(/^[\w.-]{1,64}$/, 'the name of an exchange, such as kraken'),
    state: z.enum(['connecting', 'live', 'degraded', 'down']),
    reason: orNull(reason, 'Null when the state is live'),
  })
  .refine(({ state, reason }) => (state === 'live') === (reason === null), {
    error: 'a reason unless the state is live',
  })
  .openapi('PushedExchange');

export const ingestBatch = z
  .strictObject({
    feeder: z
      .string({ error: FEEDER_EXPECTED })
      .regex(/^[\w.:-]{1,128}$/, FEEDER_EXPECTED)
      .openapi({ description: 'Name of one run of the feeder', example: 'tokyo-1767225600000' }),
    sequence: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).openapi({
      description:
        'Counts up by one with each batch of the feeder; what was taken once is not taken again',
    }),
    source,
    exchanges: z.array(pushedExchange).max(256).readonly().optional().openapi({
      description: 'How exchanges are, when that changed; `down` forgets their quotes',
    }),
    rows: z.array(row).max(MAX_INGEST_ROWS_COUNT).readonly(),
  })
  .openapi('IngestBatch');

export const ingestAnswer = z
  .object({
    isDuplicate: z.boolean().openapi({ description: 'True: it was taken before' }),
    updatesCount: count.openapi({ description: 'Quotes and books that count' }),
    unknownCount: count.openapi({
      description:
        'Updates of markets that are not known here (after a restart): send the markets again',
    }),
    lateCount: count.openapi({ description: 'Updates older than what is known' }),
  })
  .openapi('IngestAnswer');
