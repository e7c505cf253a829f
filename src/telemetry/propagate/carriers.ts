/** How propagators read and write the things that carry context: `Headers`, plain records, message attributes. */

import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api';

/** The members of `Headers` that are used. */
export interface HeadersLike {
  get(name: string): string | null;
  set(name: string, value: string): void;
  keys(): Iterable<string>;
}

/** What queues carry beside a message: text, UTF-8 bytes, or several of them. Other values are passed over. */
export type MessageAttributes = Readonly<Record<string, unknown>>;

/** Reads `Headers`, which join a name that comes several times with commas. */
export const headersGetter: TextMapGetter<HeadersLike> = {
  keys: (headers) => [...headers.keys()],
  get: (headers, key) => headers.get(key) ?? undefined,
};

/** Header fields as Node gives them: names in lower case, a field that came several times joined or listed. */
export type HeaderFields = Readonly<Record<string, string | string[] | undefined>>;

/** Reads Node's own record of headers. */
export const fieldsGetter: TextMapGetter<HeaderFields> = {
  keys: (fields) => Object.keys(fields),
  get: (fields, key) => fields[key],
};

/** Writes `Headers`, replacing what was there. */
export const headersSetter: TextMapSetter<HeadersLike> = {
  set: (headers, key, value) => headers.set(key, value),
};

/** Reads names in any case, as W3C trace context demands; a name that comes in two cases came twice. */
export const attributesGetter: TextMapGetter<MessageAttributes> = {
  keys: (attributes) => Object.keys(attributes),
  get: (attributes, key) => {
    const wanted = key.toLowerCase();
    const found: string[] = [];
    for (const name of Object.keys(attributes)) {
      if (name.toLowerCase() === wanted) found.push(...toTexts(attributes[name]));
    }
    return found.length > 1 ? found : found[0];
  },
};

/** Writes a plain record. */
export const recordSetter: TextMapSetter<Record<string, string>> = {
  set: (record, key, value) => {
    record[key] = value;
  },
};

function toTexts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [new TextDecoder().decode(value)];
  return Array.isArray(value) ? value.flatMap(toTexts) : [];
}
