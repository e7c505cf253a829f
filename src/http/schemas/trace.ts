/** Schemas of traces. */

import { z } from '@hono/zod-openapi';
import { count, integerQuery, timeMs } from './common.ts';

const attributeValue = z
  .union([
    z.string(),
    z.number(),
    z.boolean(),
    z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).readonly(),
  ])
  .nullable();

const attributes = z.record(z.string(), attributeValue);
const traceId = z.string().regex(/^[0-9a-f]{32}$/);
const spanId = z.string().regex(/^[0-9a-f]{16}$/);

const span = z
  .object({
    spanId,
    parentSpanId: spanId.nullable(),
    name: z.string(),
    kind: z.enum(['internal', 'server', 'client', 'producer', 'consumer']),
    startedAtMs: timeMs.openapi({ description: 'Milliseconds since the epoch, with fractions' }),
    durationMs: z.number(),
    status: z.enum(['unset', 'ok', 'error']),
    statusMessage: z.string().nullable(),
    attributes,
    events: z
      .array(z.object({ name: z.string(), atMs: timeMs, attributes }))
      .readonly()
      .openapi({ description: 'Stack traces are left out' }),
    links: z.array(z.object({ traceId, spanId })).readonly(),
  })
  .openapi('Span');

export const traceAnswer = z
  .object({
    traceId,
    rootName: z.string(),
    startedAtMs: timeMs,
    durationMs: z.number(),
    hasError: z.boolean(),
    spansCount: count,
    spans: z.array(span).readonly(),
  })
  .openapi('Trace');

export const traceList = z.object({ traces: z.array(traceAnswer).readonly() }).openapi('TraceList');

export const traceQuery = z.strictObject({
  limit: integerQuery({
    min: 1,
    max: 100,
    description: 'Most to return; 20 when absent',
  }).optional(),
});

export const traceParams = z.object({
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/i, '32 hex digits')
    .openapi({ param: { name: 'traceId', in: 'path' }, description: '32 hex digits' }),
});

export type TraceJson = z.infer<typeof traceAnswer>;
export type SpanJson = z.infer<typeof span>;
