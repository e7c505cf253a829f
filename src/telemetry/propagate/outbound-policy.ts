/** Which hosts may see our trace ids and baggage. An exchange is never among them unless somebody lists it. */

import { parseHttpUrl } from '../http-url.ts';

/** Says where context may go. */
export interface OutboundPolicy {
  /** True when context may be sent to `url`; false for anything that is not an absolute http or https URL. */
  allows(url: string | URL): boolean;
}

interface HostPattern {
  readonly hostname: string;
  /** Null: any port. */
  readonly port: string | null;
  /** `*.example.com`: subdomains, not the name itself. */
  readonly isWildcard: boolean;
}

/**
 * Takes `example.com` (any port), `example.com:8443`, `[::1]:3000` and `*.example.com`. An empty list allows nothing.
 *
 * @throws {RangeError} naming the entry that is not a host; a lone `*` is refused, because it would allow exchanges.
 */
export function createOutboundPolicy(hosts: readonly string[]): OutboundPolicy {
  const patterns = hosts.map((entry) => {
    const pattern = parseHostPattern(entry);
    if (pattern !== null) return pattern;
    throw new RangeError(`outbound hosts: expected host, host:port or *.host, got ${entry}`);
  });
  return {
    allows: (url) => {
      const target = parseHttpUrl(String(url));
      return target !== null && patterns.some((pattern) => matches(pattern, target));
    },
  };
}

/** Null for what is not one. */
export function parseHostPattern(entry: string): HostPattern | null {
  const isWildcard = entry.startsWith('*.');
  const host = isWildcard ? entry.slice(2) : entry;
  const url = /[\s/?#@*\\]/.test(host) ? null : parseHttpUrl(`http://${host}`);
  if (url === null || host === '') return null;
  const port = /:(\d+)$/.exec(host)?.[1];
  return {
    hostname: hostnameOf(url),
    port: port === undefined ? null : String(Number(port)),
    isWildcard,
  };
}

function matches(pattern: HostPattern, target: URL): boolean {
  const hostname = hostnameOf(target);
  if (pattern.port !== null && pattern.port !== effectivePort(target)) return false;
  return pattern.isWildcard
    ? hostname.endsWith(`.${pattern.hostname}`)
    : hostname === pattern.hostname;
}

/** A name's final dot means the same host. */
function hostnameOf(url: URL): string {
  return url.hostname.replace(/\.$/, '');
}

function effectivePort(url: URL): string {
  if (url.port !== '') return url.port;
  return url.protocol === 'https:' ? '443' : '80';
}
