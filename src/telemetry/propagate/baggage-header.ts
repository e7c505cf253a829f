/** The text of a `baggage` header: W3C Baggage, "Header Content", https://www.w3.org/TR/baggage/. */

import { trimWhitespace } from './traceparent.ts';

/** The header's name, in lower case as senders should write it. */
export const BAGGAGE_HEADER = 'baggage';

/** What every platform must be able to pass on, and all that is read or written here. */
export const MAX_BAGGAGE_MEMBERS = 64;

/** As above; of the encoded header, which is ASCII. */
export const MAX_BAGGAGE_BYTES = 8192;

/** `token` of RFC 9110 section 5.6.2: keys of baggage and names of headers. */
export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** `baggage-octet`: printable ASCII but space, quotation mark, comma, semicolon and backslash. */
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;

/** A member, its value decoded. */
export type BaggagePair = readonly [key: string, value: string];

/**
 * Reads members as key and percent-decoded value; properties after a semicolon are left out, and so is a member that
 * breaks the grammar. A header beyond either bound yields nothing.
 */
export function parseBaggageHeader(header: string): readonly BaggagePair[] {
  if (header.length > MAX_BAGGAGE_BYTES) return [];
  const members = header.split(',').map(trimWhitespace).filter(Boolean);
  if (members.length > MAX_BAGGAGE_MEMBERS) return [];
  return members.map(parseMember).filter((pair) => pair !== null);
}

/** Writes as many members, in their order, as the bounds allow; what cannot be encoded is left out. */
export function formatBaggageHeader(pairs: readonly BaggagePair[]): string {
  let header = '';
  for (const [key, value] of pairs.slice(0, MAX_BAGGAGE_MEMBERS)) {
    const encoded = TOKEN.test(key) ? attempt(encodeURIComponent, value) : null;
    if (encoded === null) continue;
    const member = `${header === '' ? '' : ','}${key}=${encoded}`;
    if (header.length + member.length <= MAX_BAGGAGE_BYTES) header += member;
  }
  return header;
}

function parseMember(member: string): BaggagePair | null {
  const [pair = ''] = member.split(';', 1);
  const equals = pair.indexOf('=');
  if (equals < 0) return null;
  const key = trimWhitespace(pair.slice(0, equals));
  const encoded = trimWhitespace(pair.slice(equals + 1));
  const value = VALUE.test(encoded) ? attempt(decodeURIComponent, encoded) : null;
  return TOKEN.test(key) && value !== null ? [key, value] : null;
}

/** Null instead of the `URIError` of a broken escape or a lone surrogate. */
export function attempt(convert: (text: string) => string, text: string): string | null {
  try {
    return convert(text);
  } catch {
    return null;
  }
}
