/** The parts of a request's URL that go on a server span, without building a `URL`: a request's `url` is normalised. */

export interface RequestTarget {
  readonly scheme: string;
  readonly host: string;
  /** Null for the scheme's default. */
  readonly port: number | null;
  readonly path: string;
  /** Without `?`; empty without one. */
  readonly query: string;
}

/** @param url - absolute, as `Request.url` always is; anything else comes back as a path. */
export function parseRequestTarget(url: string): RequestTarget {
  const schemeEnd = url.indexOf('://');
  const authorityStart = schemeEnd < 0 ? 0 : schemeEnd + 3;
  const pathStart = url.indexOf('/', authorityStart);
  const end = pathStart < 0 ? url.length : pathStart;
  const rest = url.slice(end);
  const hashAt = rest.indexOf('#');
  const target = hashAt < 0 ? rest : rest.slice(0, hashAt);
  const queryAt = target.indexOf('?');
  return {
    scheme: schemeEnd < 0 ? '' : url.slice(0, schemeEnd),
    ...parseAuthority(schemeEnd < 0 ? '' : url.slice(authorityStart, end)),
    path: queryAt < 0 ? target : target.slice(0, queryAt),
    query: queryAt < 0 ? '' : target.slice(queryAt + 1),
  };
}

function parseAuthority(authority: string): Pick<RequestTarget, 'host' | 'port'> {
  const hostAndPort = authority.slice(authority.lastIndexOf('@') + 1);
  const colonAt = hostAndPort.lastIndexOf(':');
  // The colons of an IPv6 address stand inside brackets.
  if (colonAt < 0 || hostAndPort.endsWith(']')) return { host: hostAndPort, port: null };
  const port = Number(hostAndPort.slice(colonAt + 1));
  return { host: hostAndPort.slice(0, colonAt), port: Number.isInteger(port) ? port : null };
}
