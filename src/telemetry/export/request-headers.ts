/** The headers of every request of a transport. */

import { toContentType } from './export-batch.ts';
import type { ResolvedTransportOptions } from './transport-options.ts';
import { toUserAgent } from './user-agent.ts';

/**
 * A header that was given wins over the own User-Agent; content type and encoding are what the body is.
 *
 * @throws {TypeError} when a header has a name or value that HTTP does not allow; the message has only the name.
 */
export function toRequestHeaders(
  options: Pick<ResolvedTransportOptions, 'format' | 'userAgentProduct'>,
  given: Readonly<Record<string, string>>,
  isGzip: boolean,
): Headers {
  const headers = new Headers({ 'User-Agent': toUserAgent(options.userAgentProduct) });
  for (const [name, value] of Object.entries(given)) setHeader(headers, name, value);
  headers.set('Content-Type', toContentType(options.format));
  headers.delete('Content-Encoding');
  if (isGzip) headers.set('Content-Encoding', 'gzip');
  return headers;
}

/** What the runtime throws repeats the value, which may be a key. */
function setHeader(headers: Headers, name: string, value: string): void {
  try {
    headers.set(name, value);
  } catch {
    throw new TypeError(`OTLP header ${JSON.stringify(name)}: expected a valid name and value`);
  }
}
