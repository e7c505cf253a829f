/** What becomes of a request that its schema refuses: 400, with each field and what was expected. */

import { type FieldError, HttpProblem } from './problem.ts';

interface Issue {
  readonly code?: string;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  /** Of `unrecognized_keys`. */
  readonly keys?: readonly string[];
}

type ValidationResult = { readonly target: string } & (
  | { readonly success: true }
  | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } }
);

const PLACES: Readonly<Record<string, FieldError['in']>> = {
  param: 'path',
  query: 'query',
  header: 'header',
  cookie: 'cookie',
};

/** The hook of all routes. @throws {HttpProblem} `invalid_input`. */
export function refuseInvalid(result: ValidationResult): undefined {
  if (result.success) return;
  const place = PLACES[result.target] ?? 'body';
  const errors = result.error.issues.flatMap((issue) => toFieldErrors(issue, place));
  throw createInvalidInput(errors);
}

/** A 400 that names the fields. */
export function createInvalidInput(errors: readonly FieldError[]): HttpProblem {
  const detail = errors.map(({ field, expected }) => `${field}: expected ${expected}.`).join(' ');
  return new HttpProblem('invalid_input', detail, { errors });
}

function toFieldErrors(issue: Issue, place: FieldError['in']): readonly FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => ({
      in: place,
      field: key.slice(0, 64),
      expected: 'no parameter of this name',
    }));
  }
  return [{ in: place, field: issue.path.map(String).join('.'), expected: issue.message }];
}
