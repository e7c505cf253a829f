/**
 * Redaction: nothing secret leaves the process on a span or in a log. On by default. What a value may hold is judged
 * by the attribute's key first (a secret's name, a URL, a query, a header), then by the text itself.
 */

import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { redactEmbeddedSql, redactQueryText } from './redact-sql.ts';
import { REDACTED, redactQuery, redactText, SECRET_NAME } from './redact-text.ts';

export interface Redactor {
  /** Free text without secrets. */
  text(text: string): string;
  /** One attribute's value without secrets; the same value when it holds none. */
  value(key: string, value: AttributeValue): AttributeValue;
  /** The same object when nothing had to be changed, otherwise a copy. */
  attributes<Given extends Attributes>(attributes: Given): Given;
}

export interface RedactionOptions {
  /** More attribute keys whose values never leave, besides those that sound like a secret. */
  readonly secretKeys?: readonly string[];
  /** More header names, lower case, whose values may leave in `http.request.header.*` and `http.response.header.*`. */
  readonly allowedHeaders?: readonly string[];
}

/** Headers whose values say nothing of who asked. */
const ALLOWED_HEADERS = [
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'etag',
  'last-modified',
  'retry-after',
  'server',
  'user-agent',
  'vary',
  'x-request-id',
];

type Policy = 'secret' | 'url_query' | 'query_text' | 'text';

/** Bound of the remembered keys and of the remembered texts; either is emptied when full. */
const MAX_REMEMBERED = 1_000;
const MAX_REMEMBERED_LENGTH = 256;

export function createRedactor(options: RedactionOptions = {}): Redactor {
  const secretKeys = new Set(options.secretKeys);
  const headers = new Set([...ALLOWED_HEADERS, ...(options.allowedHeaders ?? [])]);
  const policyOf = remember((key: string) => toPolicy(key, secretKeys, headers));
  const textOf = remember((text: string) => redactText(redactEmbeddedSql(text)));

  const value = (key: string, given: AttributeValue): AttributeValue => {
    const policy = policyOf(key);
    if (typeof given === 'string') return redactByPolicy(policy, given, textOf);
    if (Array.isArray(given)) return redactList(given, policy, textOf);
    return policy === 'secret' && isGuessableSecret(key) ? REDACTED : given;
  };
  return {
    text: textOf,
    value,
    attributes: (attributes) => redactAll(attributes, value),
  };
}

/** Changes nothing; for a service that redacts elsewhere. */
export const NO_REDACTION: Redactor = {
  text: (text) => text,
  value: (_key, value) => value,
  attributes: (attributes) => attributes,
};

function toPolicy(
  key: string,
  secretKeys: ReadonlySet<string>,
  headers: ReadonlySet<string>,
): Policy {
  const header = /^http\.(?:request|response)\.header\.(.+)$/.exec(key)?.[1];
  if (header !== undefined)
    return headers.has(header.toLowerCase().replaceAll('_', '-')) ? 'text' : 'secret';
  if (secretKeys.has(key) || SECRET_NAME.test(key)) return 'secret';
  if (
    key.startsWith('db.query.parameter.') ||
    /^(?:user|enduser)\.(?:email|id|name|full_name)$/.test(key)
  ) {
    return 'secret';
  }
  if (key === 'db.query.text' || key === 'db.statement') return 'query_text';
  return key === 'url.query' ? 'url_query' : 'text';
}

function redactByPolicy(policy: Policy, text: string, textOf: (text: string) => string): string {
  switch (policy) {
    case 'secret':
      return REDACTED;
    case 'url_query':
      return redactQuery(text);
    case 'query_text':
      return redactText(redactQueryText(text));
    case 'text':
      return textOf(text);
    default:
      return policy satisfies never;
  }
}

function redactList(
  given: AttributeValue & readonly unknown[],
  policy: Policy,
  textOf: (text: string) => string,
): AttributeValue {
  let isChanged = false;
  const clean = given.map((item) => {
    if (typeof item !== 'string') return item;
    const after = redactByPolicy(policy, item, textOf);
    isChanged ||= after !== item;
    return after;
  });
  // Arrays of attributes are of one type, and strings stay strings.
  return isChanged ? (clean as string[]) : given;
}

/** Numbers under most secret-sounding names are counts (`input_tokens`); under these they are the secret. */
function isGuessableSecret(key: string): boolean {
  return /passw(?:or)?d|passphrase|pwd|secret/i.test(key);
}

function redactAll<Given extends Attributes>(
  attributes: Given,
  redactValue: (key: string, value: AttributeValue) => AttributeValue,
): Given {
  let changed: Attributes | null = null;
  for (const key in attributes) {
    const before = attributes[key];
    if (before === undefined || typeof before === 'boolean') continue;
    const after = redactValue(key, before);
    if (after === before) continue;
    changed ??= { ...attributes };
    changed[key] = after;
  }
  return (changed ?? attributes) as Given;
}

/** Remembers answers for short inputs, within a bound: most keys and texts come again and again. */
function remember<Answer>(compute: (input: string) => Answer): (input: string) => Answer {
  const known = new Map<string, Answer>();
  return (input) => {
    const before = known.get(input);
    if (before !== undefined) return before;
    const answer = compute(input);
    if (input.length > MAX_REMEMBERED_LENGTH) return answer;
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(input, answer);
    return answer;
  };
}
