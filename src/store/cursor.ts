/** The cursor of a page: the sort key of its last row, opaque to callers. */

/** Position in the order newest opened first, ties by id. */
export interface PageKey {
  readonly openedAtMs: number;
  readonly id: string;
}

/** Longest accepted cursor, characters; a key is far shorter. */
const MAX_CURSOR_LENGTH = 512;

/** `[openedAtMs, id]` as JSON in base64url (RFC 4648, section 5) without padding. */
export function toCursor(key: PageKey): string {
  const bytes = new TextEncoder().encode(JSON.stringify([key.openedAtMs, key.id]));
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @throws {RangeError} when `cursor` is not one that `toCursor` made. */
export function fromCursor(cursor: string): PageKey {
  const key = cursor.length <= MAX_CURSOR_LENGTH ? decode(cursor) : null;
  if (Array.isArray(key) && key.length === 2) {
    const [openedAtMs, id]: readonly unknown[] = key;
    if (Number.isFinite(openedAtMs) && typeof openedAtMs === 'number' && isPlainText(id)) {
      return { openedAtMs, id };
    }
  }
  throw new RangeError('cursor: expected the nextCursor of an earlier page, got something else');
}

function decode(cursor: string): unknown {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

/** PostgreSQL's text holds any character but NUL. */
function isPlainText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('\0');
}
