/**
 * Secrets in free text: log messages, exception messages, URLs, attribute values. Every pattern is linear in the length
 * of the text (bounded repeats, no nested ones), because texts come from outside.
 */

export const REDACTED = 'REDACTED';

/** Words that make a name a secret's name: header, query key, JSON key, attribute key. Matched anywhere in the name. */
const SECRET_WORDS =
  'api[_.-]?key|access[_.-]?key|account[_.-]?key|secret|passw(?:or)?d|passphrase|pwd|token|signature|credential|' +
  'private[_.-]?key|authorization|cookie|session[_.-]?id|jwt|mnemonic|seed[_.-]?phrase|access[_.-]?sign|' +
  'bapi[_.-]?sign|api[_.-]?sign|x[_.-]auth';

/** True for a name under which no value may leave the process. */
export const SECRET_NAME = new RegExp(SECRET_WORDS, 'i');

/**
 * Short names that are secrets only as the key of a query string. `sig`, `Signature`, `AWSAccessKeyId` and the `X-Amz-…`
 * and `X-Goog-…` keys are those of the HTTP conventions ("url.full"); the rest are in use by exchanges.
 */
const QUERY_NAMES =
  'key|sig|sign|hmac|auth|code|pass|pin|otp|sid|session|email|user|username|login';

const SEPARATOR = '\\\\?["\']?\\s{0,3}(?:=|:|%3D)\\s{0,3}';
const VALUE = '(?:\\\\?"[^"]*"?|\\\\?\'[^\']*\'?|(?:(?!%26)[^\\s&;,"\'}\\])<>])+)';
const LINE_VALUE = '(?:\\\\?"[^"]*"?|\\\\?\'[^\']*\'?|[^\\r\\n]+)';

type Replacement = readonly [
  pattern: RegExp,
  replacement: string | ((...match: string[]) => string),
];

const REPLACEMENTS: readonly Replacement[] = [
  [
    /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g,
    REDACTED,
  ],
  // user:password@ of any URL; the password may hold a slash, but `host:8080/` is not a password.
  [
    /([a-z][a-z0-9+.-]{1,20}:\/\/)(?:[^\s/?#@:"'<>]*:(?!\d{1,5}[/?#])[^\s@"'<>]*|[^\s/?#@"'<>]+)@/gi,
    `$1${REDACTED}:${REDACTED}@`,
  ],
  [new RegExp(`((?:authorization|cookie2?)${SEPARATOR})${LINE_VALUE}`, 'gi'), `$1${REDACTED}`],
  [/\b(Bearer|Basic|Digest|Negotiate|ApiKey)\s{1,3}(?!REDACTED)[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [
    new RegExp(`((?:${SECRET_WORDS})[\\w-]{0,32}${SEPARATOR})(?!REDACTED)${VALUE}`, 'gi'),
    `$1${REDACTED}`,
  ],
  [new RegExp(`([?&](?:${QUERY_NAMES})=)[^\\s&#"'<>]*`, 'gi'), `$1${REDACTED}`],
  [/\beyJ[\w-]{5,}\.[\w-]{2,}(?:\.[\w-]*)?/g, REDACTED],
  [/\b(?:AKIA|ASIA|AGPA|AIDA)[0-9A-Z]{12,}/g, REDACTED],
  [
    /\b(?:gh[pousr]_|github_pat_|glpat-|npm_|xox[abeoprs]-|[sr]k[_-](?:live|test|proj|ant)[_-]|whsec_|AIza|ya29\.|dop_v1_|hvs\.|SG\.)[\w.-]{10,}/g,
    REDACTED,
  ],
  [/(hooks\.slack\.com\/(?:services|workflows)\/)[\w/-]+/g, `$1${REDACTED}`],
  [/(discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/)[\w/-]+/g, `$1${REDACTED}`],
  [/(\/bot)\d{5,}:[\w-]{10,}/g, `$1${REDACTED}`],
  // API keys of exchanges, private keys of wallets, HMACs: 64 or more letters and digits in one word.
  [/(?<![A-Za-z0-9])(?:0x)?[A-Za-z0-9]{64,}(?![A-Za-z0-9])/g, REDACTED],
  // 64 bytes in base64, as Kraken gives its secrets.
  [/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==/g, REDACTED],
  [
    /(?<![\w.%+-])([\w.%+-]{1,64})(?:@|%40)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/g,
    redactEmail,
  ],
];

/** Text this short without `@`, `=`, `:` cannot hold what the patterns look for. */
const SHORTEST_BARE_SECRET = 16;
const MARKS = /[@=:%]/;

/** The text without secrets; the same string when it holds none. */
export function redactText(text: string): string {
  if (text.length < SHORTEST_BARE_SECRET && !MARKS.test(text)) return text;
  let result = text;
  for (const [pattern, replacement] of REPLACEMENTS) {
    // One overload of `replace` takes strings, another functions.
    result =
      typeof replacement === 'string'
        ? result.replace(pattern, replacement)
        : result.replace(pattern, replacement);
  }
  return result;
}

/** A query string on its own, without `?`. */
export function redactQuery(query: string): string {
  return redactText(`?${query}`).slice(1);
}

/** Keeps `REDACTED:REDACTED@host`, which the URL pattern has just written. */
function redactEmail(match: string, local: string): string {
  return local === REDACTED ? match : `${REDACTED}@${REDACTED}`;
}
