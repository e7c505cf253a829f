/** Comma-separated values: the part of RFC 4180 that fits on one line (quoted fields, doubled quotes). */

/** The fields of one line; null when a quoted field does not end on it. */
export function parseCsvLine(line: string): readonly string[] | null {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const field = line[at] === '"' ? readQuoted(line, at) : readPlain(line, at);
    if (field === null) return null;
    fields.push(field.text);
    if (field.end >= line.length) return fields;
    at = field.end + 1;
  }
}

interface Field {
  readonly text: string;
  /** Index of the comma after it, or the line's length. */
  readonly end: number;
}

function readPlain(line: string, from: number): Field {
  const comma = line.indexOf(',', from);
  const end = comma === -1 ? line.length : comma;
  return { text: line.slice(from, end), end };
}

function readQuoted(line: string, from: number): Field | null {
  const match = /^"((?:[^"]|"")*)"(?=,|$)/.exec(line.slice(from));
  if (match?.[1] === undefined) return null;
  return { text: match[1].replaceAll('""', '"'), end: from + match[0].length };
}
