/**
 * The `tracestate` header: W3C Trace Context level 2, "Tracestate Header", https://www.w3.org/TR/trace-context-2/. The
 * API's own implementation drops single bad members and knows the grammar of level 1; here one bad member discards the
 * whole list.
 */

import type { TraceState } from '@opentelemetry/api';
import { trimWhitespace } from './traceparent.ts';

/** The header's name, in lower case as senders should write it. */
export const TRACESTATE_HEADER = 'tracestate';

/** Most list members; empty ones do not count. */
export const MAX_TRACESTATE_MEMBERS = 32;

/** Longest header that is read: 32 members of the greatest size, with room for whitespace. A bound of ours. */
export const MAX_TRACESTATE_CHARS = 32_768;

/** `key`: a letter or digit, then up to 255 of letters, digits and `_ - * / @`. */
const KEY = /^[a-z0-9][a-z0-9_\-*/@]{0,255}$/;

/** `value`: 1 to 256 printable ASCII characters but comma and equals sign, not ending in a space. */
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

type Member = readonly [key: string, value: string];

/**
 * Reads a header value (several fields joined with commas). Null when it breaks the grammar and must be discarded
 * whole; an empty list is valid. Of a key that comes twice the leftmost, which is the newest, stays.
 */
export function parseTraceState(value: string): TraceState | null {
  if (value.length > MAX_TRACESTATE_CHARS) return null;
  const members = new Map<string, string>();
  let membersCount = 0;
  for (const part of value.split(',')) {
    const text = trimWhitespace(part);
    if (text === '') continue;
    membersCount += 1;
    const member = parseMember(text);
    if (member === null || membersCount > MAX_TRACESTATE_MEMBERS) return null;
    if (!members.has(member[0])) members.set(member[0], member[1]);
  }
  return new StrictTraceState([...members]);
}

/** A list without members, to which `set` adds. */
export function emptyTraceState(): TraceState {
  return EMPTY;
}

function parseMember(text: string): Member | null {
  const equals = text.indexOf('=');
  if (equals < 0) return null;
  const key = text.slice(0, equals);
  const value = text.slice(equals + 1);
  return KEY.test(key) && VALUE.test(value) ? [key, value] : null;
}

/** Immutable; a member that breaks the grammar is not added. */
class StrictTraceState implements TraceState {
  readonly #members: readonly Member[];

  constructor(members: readonly Member[]) {
    this.#members = members;
  }

  /** Puts the member first, as the header's rule for changed members says; the rightmost gives way to a 33rd. */
  set(key: string, value: string): TraceState {
    if (!KEY.test(key) || !VALUE.test(value)) return this;
    const others = this.#without(key).slice(0, MAX_TRACESTATE_MEMBERS - 1);
    return new StrictTraceState([[key, value], ...others]);
  }

  unset(key: string): TraceState {
    return new StrictTraceState(this.#without(key));
  }

  get(key: string): string | undefined {
    return this.#members.find((member) => member[0] === key)?.[1];
  }

  serialize(): string {
    return this.#members.map(([key, value]) => `${key}=${value}`).join(',');
  }

  #without(key: string): readonly Member[] {
    return this.#members.filter((member) => member[0] !== key);
  }
}

const EMPTY: TraceState = new StrictTraceState([]);
