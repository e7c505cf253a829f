/**
 * Literals in queries. The semantic conventions collect `db.query.text` by default only when literals are replaced by
 * `?` (docs/db/database-spans.md, "Sanitization of db.query.text").
 */

const SQL_START =
  /^\s*(?:select|insert|update|delete|with|create|alter|drop|truncate|begin|commit|rollback|savepoint|release|values|merge|call|explain|analyze|vacuum|grant|revoke|show|set\s+(?:local|session|transaction|time|search_path|statement_timeout|lock_timeout|\w+\s*(?:=|to\b))|listen|notify|copy|declare|fetch|lock|prepare|execute|do)\b/i;

/** One token that is a comment, a literal, or something with digits that must be kept (identifier, `$1`). */
const TOKENS =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$([A-Za-z_]*)\$[\s\S]*?(?:\$\1\$|$)|\b[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|\b(?:[bBnNxX]|[uU]&)?'(?:[^']|'')*(?:'|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*"|[\w$]*[A-Za-z_$][\w$]*|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/g;

/** SQL with every literal replaced by `?`, comments removed, lists of literals collapsed; a command keeps two words. */
export function redactQueryText(text: string): string {
  if (!SQL_START.test(text)) return redactCommand(text);
  return text
    .replace(TOKENS, (token) => replaceToken(token))
    .replace(/\(\s*\?(?:\s*,\s*\?)+\s*\)/g, '(?)')
    .replace(/\s+/g, ' ')
    .trim();
}

function replaceToken(token: string): string {
  if (token.startsWith('--') || token.startsWith('/*')) return ' ';
  if (/^\$[A-Za-z_]*\$/.test(token)) return '?';
  if (token.startsWith('"')) return token;
  if (token.includes("'")) return '?';
  return /^[\d.]/.test(token) ? '?' : token;
}

/** Redis and its like: `HSET key ? ?`, as docs/db/redis.md writes it; the key stays. */
function redactCommand(text: string): string {
  const [name = '', key, ...values] = text.trim().split(/\s+/, 64);
  if (/^auth$/i.test(name)) return `${name} ?`;
  return [name, key, ...values.map(() => '?')].filter((part) => part !== undefined).join(' ');
}

const SQL_INSIDE =
  /\b(?:select\s[\s\S]{0,2000}\sfrom\s|insert\s+into\s|update\s+\S{1,128}\s+set\s|delete\s+from\s|values\s*\()/i;

/** Literals of SQL that stands inside other text, such as the message of a driver's error. */
export function redactEmbeddedSql(text: string): string {
  const withoutDetail = text
    .replace(/(Key \([^)]*\)=)\([^)]*\)/g, '$1(?)')
    .replace(/(Failing row contains )\([^\n]*\)/g, '$1(?)');
  if (!SQL_INSIDE.test(withoutDetail)) return withoutDetail;
  return withoutDetail
    .replace(/'(?:[^']|'')*'/g, '?')
    .replace(/(\bparam(?:eter)?s\s{0,3}[:=]\s{0,3})[^\n]*/gi, '$1?');
}
