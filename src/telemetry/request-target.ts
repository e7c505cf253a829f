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
  if (schemeEnd < 0) return { scheme: '', host: '', port: null, ...splitTarget(url) };
  const authorityStart = schemeEnd + 3;
  const pathStart = url.indexOf('/', authorityStart);
  const end = pathStart < 0 ? url.length : pathStart;
  const hostStart = Math.max(authorityStart, url.lastIndexOf('@', end - 1) + 1);
  const colonAt = url.lastIndexOf(':', end - 1);
  // The colons of an IPv6 address stand inside brackets.
  const hasPort = colonAt >= hostStart && url.charCodeAt(end - 1) !== CLOSING_BRACKET;
  const { path, query } = splitTarget(url.slice(end));
  return {
    scheme: url.slice(0, schemeEnd),
    host: url.slice(hostStart, hasPort ? colonAt : end),
    port: hasPort ? Number(url.slice(colonAt + 1, end)) : null,
    path,
    query,
  };
}

const CLOSING_BRACKET = 93;

function splitTarget(target: string): Pick<RequestTarget, 'path' | 'query'> {
  const hashAt = target.indexOf('#');
  const whole = hashAt < 0 ? target : target.slice(0, hashAt);
  const queryAt = whole.indexOf('?');
  if (queryAt < 0) return { path: whole, query: '' };
  return { path: whole.slice(0, queryAt), query: whole.slice(queryAt + 1) };
}
