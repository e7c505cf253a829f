/** From what a database driver throws to a `SpreadscopeError`: by SQLSTATE, never by text. */

import { type ErrorCode, isSpreadscopeError, SpreadscopeError } from '../domain/errors.ts';

/**
 * Classes of SQLSTATE (PostgreSQL documentation, appendix A) that pass by themselves: connection exception (08),
 * transaction rollback (40), insufficient resources (53), operator intervention (57), system error (58).
 */
const PASSING_CLASSES = new Set(['08', '40', '53', '57', '58']);

/** Classes in which the data is at fault: data exception (22), integrity constraint violation (23). */
const REJECTING_CLASSES = new Set(['22', '23']);

/** SQLSTATE `unique_violation`. */
export const UNIQUE_VIOLATION = '23505';

const SQLSTATE_PATTERN = /^[0-9A-Z]{5}$/;

/** Columns of an error report that name things of the schema and never hold data. */
const SAFE_FIELDS = ['severity', 'routine', 'table', 'column', 'constraint'] as const;

/** The SQLSTATE of what a driver threw, or of its `cause`; null when the database did not answer. */
export function toSqlState(error: unknown): string | null {
  const code = readText(error, 'code');
  if (code !== null && SQLSTATE_PATTERN.test(code)) return code;
  return error instanceof Error && error.cause !== undefined ? toSqlState(error.cause) : null;
}

/**
 * The error that leaves a store: `store_unavailable` (no answer, or one that passes), `store_rejected` (the data is at
 * fault) or `store_failed`. Server messages may quote data and driver errors carry parameters, so neither is kept.
 */
export function toStoreError(error: unknown, action: string): SpreadscopeError {
  if (isSpreadscopeError(error)) return error;
  const sqlState = toSqlState(error);
  const reason = sqlState === null ? describeSilence(error) : `SQLSTATE ${sqlState}`;
  return new SpreadscopeError(toErrorCode(sqlState), `store: ${action} failed: ${reason}`, {
    cause: toSafeCause(error, sqlState),
  });
}

function toErrorCode(sqlState: string | null): ErrorCode {
  if (sqlState === null) return 'store_unavailable';
  const errorClass = sqlState.slice(0, 2);
  if (PASSING_CLASSES.has(errorClass)) return 'store_unavailable';
  return REJECTING_CLASSES.has(errorClass) ? 'store_rejected' : 'store_failed';
}

function describeSilence(error: unknown): string {
  const code = readText(error, 'code');
  const name = error instanceof Error ? error.name : Object.prototype.toString.call(error);
  return `no answer from the database (${code ?? name})`;
}

/** An error that says what the database said, without data, parameters or addresses. */
function toSafeCause(error: unknown, sqlState: string | null): Error {
  const parts = SAFE_FIELDS.flatMap((field) => {
    const value = readText(error, field);
    return value === null ? [] : [`${field} ${value}`];
  });
  const cause = new Error(parts.join(', ') || describeSilence(error));
  return Object.assign(cause, { code: sqlState ?? readText(error, 'code') ?? undefined });
}

function readText(error: unknown, field: string): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' && value !== '' ? value : null;
}
