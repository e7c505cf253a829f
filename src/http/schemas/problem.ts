/** The schema of an error and the responses that routes declare. */

import { z } from '@hono/zod-openapi';
import { PROBLEMS, type ProblemCode } from '../problem.ts';

const CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

export const problem = z
  .object({
    type: z.string().openapi({ description: 'Reference to the description of the code' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.enum(CODES),
    traceId: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .nullable()
      .openapi({ description: 'Trace of this request; null when it was not traced' }),
    errors: z
      .array(
        z.object({
          in: z.enum(['path', 'query', 'header', 'cookie', 'body']),
          field: z.string(),
          expected: z.string(),
        }),
      )
      .readonly()
      .optional(),
  })
  .openapi('Problem', { description: 'An error, RFC 9457' });

const content = { 'application/problem+json': { schema: problem } };

/** Responses by meaning, for 400, 401, 404, 413, 429, 500 and 503. */
export const invalid = { description: PROBLEMS.invalid_input.title, content };
export const unauthorized = { description: PROBLEMS.unauthorized.title, content };
export const unknown = { description: 'What was asked for is not known', content };
export const failed = { description: PROBLEMS.internal_error.title, content };
export const unavailable = { description: 'Not possible now', content };
export const tooLarge = { description: PROBLEMS.body_too_large.title, content };
export const behind = { description: PROBLEMS.ingest_behind.title, content };
