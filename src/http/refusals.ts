/** What every path can answer before its route is asked, told in the OpenAPI document once for all. */

import { API_SECURITY, isProtectedPath } from './middleware/api-token.ts';
import { PROBLEMS, type ProblemCode } from './problem.ts';

/** Of a wrong method, and of the limits on body, URL and headers. */
const EVERYWHERE: readonly ProblemCode[] = [
  'method_not_allowed',
  'body_too_large',
  'url_too_long',
  'headers_too_large',
];

interface Operation {
  readonly responses?: Readonly<Record<string, unknown>>;
}

type Paths = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The same document with these answers at every operation that does not tell of them itself. */
export function withRefusals<Document extends { readonly paths?: object }>(
  document: Document,
): Document {
  const paths = Object.entries((document.paths ?? {}) as Paths).map(([path, item]) => [
    path,
    Object.fromEntries(Object.entries(item).map(([key, value]) => [key, toOperation(path, value)])),
  ]);
  return { ...document, paths: Object.fromEntries(paths) };
}

function toOperation(path: string, value: unknown): unknown {
  if (!isOperation(value)) return value;
  const isProtected = isProtectedPath(path);
  const codes = isProtected ? [...EVERYWHERE, 'unauthorized' as const] : EVERYWHERE;
  const refusals = Object.fromEntries(codes.map(toResponse));
  const responses = { ...refusals, ...value.responses };
  // The empty requirement: without API_TOKEN nobody is asked for it.
  const security = isProtected ? { security: [{}, { [API_SECURITY]: [] }] } : {};
  return { ...value, responses, ...security };
}

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'responses' in value;
}

function toResponse(code: ProblemCode): readonly [string, object] {
  const { status, title } = PROBLEMS[code];
  const schema = { $ref: '#/components/schemas/Problem' };
  return [
    String(status),
    { description: title, content: { 'application/problem+json': { schema } } },
  ];
}
