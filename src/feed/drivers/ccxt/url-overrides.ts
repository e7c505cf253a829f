/** Other addresses for an exchange's REST and WebSocket interfaces: a proxy, a regional host, a local server. */

import { SpreadscopeError } from '../../../domain/errors.ts';

/** Both replace scheme and host of every address that ccxt knows for the exchange; paths stay and are appended. */
export interface UrlOverride {
  /** `http://` or `https://`, optionally with a path prefix. */
  readonly rest: string;
  /**
   * `ws://` or `wss://`, optionally with a path prefix. For `binance` the address has to contain `/stream`, as its own
   * does (`//stream.binance.com`): that is how ccxt tells its spot streams from its futures.
   */
  readonly ws: string;
}

/** By ccxt's exchange id. */
export type UrlOverrides = Readonly<Record<string, UrlOverride>>;

/**
 * Reads the value of a variable: JSON such as `{"binance":{"rest":"http://proxy:8080","ws":"ws://proxy:8080"}}`; empty
 * text means none.
 *
 * @throws {SpreadscopeError} `config_invalid`, naming the entry and what was expected. Values are not repeated: a proxy's
 * address may hold credentials.
 */
export function parseUrlOverrides(text: string): UrlOverrides {
  if (text.trim() === '') return {};
  const parsed = parseObject(text);
  const entries = Object.entries(parsed).map(([id, value]) => [id, toOverride(id, value)] as const);
  return Object.fromEntries(entries);
}

/** Applies an override to ccxt's tree of addresses; text that is no address stays as it is. */
export function overrideUrls(tree: unknown, override: UrlOverride): unknown {
  if (typeof tree === 'string') return overrideUrl(tree, override);
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, overrideUrls(value, override)]),
  );
}

function overrideUrl(url: string, override: UrlOverride): string {
  // ccxt writes `https://api.{hostname}/v5`: not a URL before its placeholder is filled, so it is not parsed as one.
  const match = /^(https?|wss?):\/\/[^/?#]*/.exec(url);
  if (match === null) return url;
  const base = match[1]?.startsWith('ws') ? override.ws : override.rest;
  return base.replace(/\/+$/, '') + url.slice(match[0].length);
}

function parseObject(text: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalid('EXCHANGE_URLS', 'a JSON object by exchange id');
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw invalid('EXCHANGE_URLS', 'a JSON object by exchange id');
}

function toOverride(id: string, value: unknown): UrlOverride {
  const fields = typeof value === 'object' && value !== null ? { ...value } : {};
  return {
    rest: toUrl(`EXCHANGE_URLS.${id}.rest`, 'http', 'rest' in fields ? fields.rest : undefined),
    ws: toUrl(`EXCHANGE_URLS.${id}.ws`, 'ws', 'ws' in fields ? fields.ws : undefined),
  };
}

function toUrl(name: string, scheme: 'http' | 'ws', value: unknown): string {
  const isValid =
    typeof value === 'string' &&
    URL.canParse(value) &&
    [`${scheme}:`, `${scheme}s:`].includes(new URL(value).protocol);
  if (!isValid) throw invalid(name, `a ${scheme}:// or ${scheme}s:// URL`);
  return value;
}

function invalid(name: string, expected: string): SpreadscopeError {
  return new SpreadscopeError('config_invalid', `${name}: expected ${expected}`);
}
