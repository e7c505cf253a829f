/** Where a signal goes: paths, and credentials that `fetch` refuses inside a URL. */

import { parseHttpUrl } from '../http-url.ts';
import type { OtlpSignal } from './export-batch.ts';

/**
 * The address of a signal below a common endpoint: `v1/<signal>` is appended to its path
 * (opentelemetry-specification `protocol/exporter.md`, "Endpoint URLs for OTLP/HTTP").
 *
 * @throws {TypeError} when `baseUrl` is not a URL.
 */
export function toSignalUrl(baseUrl: string, signal: OtlpSignal): string {
  const url = new URL(baseUrl);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/${signal}`;
  return url.href;
}

export interface Destination {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Takes user name and password out of the URL; they become an `Authorization` header, the first, so that a given one,
 * in whatever case, replaces it.
 *
 * @throws {TypeError} when `url` is not an http or https URL; the message does not repeat it.
 */
export function toDestination(url: string, headers: Readonly<Record<string, string>>): Destination {
  const parsed = parseHttpUrl(url);
  if (parsed === null) throw new TypeError('OTLP endpoint: expected an http or https URL');
  const { username, password } = parsed;
  parsed.username = '';
  parsed.password = '';
  if (username === '') return { url: parsed.href, headers };
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const bytes = new TextEncoder().encode(credentials);
  const basic = btoa(String.fromCharCode(...bytes));
  return { url: parsed.href, headers: { Authorization: `Basic ${basic}`, ...headers } };
}
