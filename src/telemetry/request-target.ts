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

/** Reads targets; looks at the origin anew only when it is another than last time. */
export class TargetReader {
  #origin = '';
  #last: RequestTarget | null = null;

  read(url: string): RequestTarget {
    const last = this.#last;
    if (last !== null && url.startsWith(this.#origin) && url[this.#origin.length] === '/') {
      const { scheme, host, port } = last;
      return splitTarget(url, this.#origin.length, scheme, host, port);
    }
    const target = parseRequestTarget(url);
    this.#last = target;
    this.#origin = url.slice(0, Math.max(0, url.indexOf('/', PATH_SEARCH_START)));
    return target;
  }
}

/** @param url - absolute, as `Request.url` always is; anything else comes back as a path. */
export function parseRequestTarget(url: string): RequestTarget {
  const schemeEnd = url.indexOf('://');
  if (schemeEnd < 0) return splitTarget(url, 0, '', '', null);
  const authorityStart = schemeEnd + 3;
  const pathStart = url.indexOf('/', authorityStart);
  const end = pathStart < 0 ? url.length : pathStart;
  const hostStart = Math.max(authorityStart, url.lastIndexOf('@', end - 1) + 1);
  const colonAt = url.lastIndexOf(':', end - 1);
  // The colons of an IPv6 address stand inside brackets.
  const hasPort = colonAt >= hostStart && url.charCodeAt(end - 1) !== CLOSING_BRACKET;
  const host = url.slice(hostStart, hasPort ? colonAt : end);
  const port = hasPort ? Number(url.slice(colonAt + 1, end)) : null;
  return splitTarget(url, end, url.slice(0, schemeEnd), host, port);
}

/** Behind the slashes of `http://` and of `https://`, and before the first slash of the path. */
const PATH_SEARCH_START = 8;

/** True when the URL's path is one of `paths`. @param url - absolute, http or https. */
export function isAnyPath(url: string, paths: readonly string[]): boolean {
  const start = url.indexOf('/', PATH_SEARCH_START);
  for (const path of paths) {
    const last = start + path.length - 1;
    // Calling `startsWith` costs more than this does.
    if (url.charCodeAt(last) !== path.charCodeAt(path.length - 1)) continue;
    if (url.startsWith(path, start) && isPathEnd(url, last + 1)) return true;
  }
  return false;
}

function isPathEnd(url: string, index: number): boolean {
  return index === url.length || url[index] === '?' || url[index] === '#';
}

const COLON = 58;
const LETTER_H = 104;

/** Of an absolute URL. */
export function schemeOf(url: string): string {
  if (url.charCodeAt(0) === LETTER_H) {
    if (url.charCodeAt(4) === COLON) return 'http';
    if (url.charCodeAt(5) === COLON) return 'https';
  }
  return parseRequestTarget(url).scheme;
}

const CLOSING_BRACKET = 93;

/** @param start - where the path begins; what is before it is known. */
function splitTarget(
  url: string,
  start: number,
  scheme: string,
  host: string,
  port: number | null,
): RequestTarget {
  const hashAt = url.indexOf('#', start);
  const end = hashAt < 0 ? url.length : hashAt;
  const queryAt = url.indexOf('?', start);
  if (queryAt < 0 || queryAt > end) {
    return { scheme, host, port, path: url.slice(start, end), query: '' };
  }
  const path = url.slice(start, queryAt);
  return { scheme, host, port, path, query: url.slice(queryAt + 1, end) };
}
