/** Attributes as they are recorded: keys and values one after the other in a flat list, cleaned and cut to the limits. */

import { type Attributes, type AttributeValue, diag } from '@opentelemetry/api';

/** `[key, value, key, value, …]`; a key may come again, the last value counts. */
export type FlatAttributes = (string | AttributeValue)[];

/**
 * The value to record: strings cut, lists copied; null for what is no attribute, which is said once per call.
 *
 * @param lengthLimit - in UTF-16 code units, as the official tracer counts.
 */
export function cleanValue(
  key: string,
  value: unknown,
  lengthLimit: number,
): AttributeValue | null {
  if (key === '') return refuse('an empty attribute key');
  if (typeof value === 'string')
    return value.length > lengthLimit ? value.slice(0, lengthLimit) : value;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (value === null || value === undefined) return null;
  if (!Array.isArray(value) || !isOfOneKind(value)) return refuse(`the value of ${key}`);
  const cut = (item: unknown) => (typeof item === 'string' ? item.slice(0, lengthLimit) : item);
  return value.map(cut) as AttributeValue;
}

/** Strings, numbers or booleans, and not mixed; gaps are allowed ("Attribute Collections" of the specification). */
function isOfOneKind(list: readonly unknown[]): boolean {
  const kinds = new Set(list.filter((item) => item != null).map((item) => typeof item));
  const [kind = 'string'] = kinds;
  return kinds.size < 2 && (kind === 'string' || kind === 'number' || kind === 'boolean');
}

function refuse(what: string): null {
  diag.warn(
    `attribute dropped: expected a key and a string, number, boolean or a list of one kind; got ${what}`,
  );
  return null;
}

/** Keeps the last value of each key, at the place of its first; shortens `list` itself. */
export function dropRepeatedKeys(list: FlatAttributes): void {
  const places = new Map<string, number>();
  let end = 0;
  for (let index = 0; index < list.length; index += 2) {
    const key = list[index] as string;
    const value = list[index + 1] as AttributeValue;
    const place = places.get(key);
    if (place !== undefined) {
      list[place + 1] = value;
      continue;
    }
    places.set(key, end);
    list[end] = key;
    list[end + 1] = value;
    end += 2;
  }
  list.length = end;
}

/** As the API shows them. */
export function toAttributes(list: FlatAttributes): Attributes {
  const attributes: Attributes = {};
  for (let index = 0; index < list.length; index += 2) {
    attributes[list[index] as string] = list[index + 1] as AttributeValue;
  }
  return attributes;
}
