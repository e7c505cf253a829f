/**
 * The lines of captured traffic. One line is one thing that crossed the wire:
 * `url -> time: body` an HTTP answer, `url <- time: body` something sent, `url <-> time` a connection,
 * `time: body` a WebSocket message received, `configuration: body` what the recorder was asked for.
 * Times are seconds since the epoch.
 */

import { SpreadscopeError } from '../../../domain/errors.ts';
import { invalidField } from '../fields.ts';
import { gunzipIfNeeded } from '../gunzip.ts';
import { readLines } from '../read-bytes.ts';
import type { ImportFile } from './import-source.ts';

export type CaptureEntry =
  | {
      readonly type: 'answer';
      readonly place: string;
      readonly path: string;
      readonly body: unknown;
    }
  | {
      readonly type: 'message';
      readonly place: string;
      readonly receivedAtMs: number;
      readonly body: unknown;
    };

/** Longest line, bytes: a list of all markets of an exchange is one line. */
const MAX_CAPTURE_LINE_BYTES = 2 ** 25;

const ANSWER = /^(\S+) -> (\d+(?:\.\d+)?): (.*)$/s;
const MESSAGE = /^(\d+(?:\.\d+)?): (.*)$/s;
const OTHER = /^(?:\S+ <- \d+(?:\.\d+)?: |\S+ <-> \d+(?:\.\d+)?$|configuration: )/;

/**
 * Answers and messages of one file, in its order.
 *
 * @throws {SpreadscopeError} `recording_invalid`, naming file and line, for a line of another shape.
 */
export async function* readCaptureEntries(
  file: ImportFile,
): AsyncGenerator<CaptureEntry, void, void> {
  const bytes = gunzipIfNeeded(file.open());
  for await (const lines of readLines(bytes, MAX_CAPTURE_LINE_BYTES)) {
    for (const line of lines) {
      const place = `${file.name} line ${line.lineNumber}`;
      if (line.text === null)
        throw new SpreadscopeError('recording_invalid', `${place}: ${line.problem}`);
      const entry = parseEntry(line.text, place);
      if (entry !== null) yield entry;
    }
  }
}

function parseEntry(text: string, place: string): CaptureEntry | null {
  const [, url, , answer] = ANSWER.exec(text) ?? [];
  if (url !== undefined && answer !== undefined) {
    return { type: 'answer', place, path: pathOf(url, place), body: parseBody(answer, place) };
  }
  const [, seconds, message] = MESSAGE.exec(text) ?? [];
  if (seconds !== undefined && message !== undefined) {
    // Moving the point in the text keeps every digit; multiplying by 1,000 would not.
    const receivedAtMs = Number(`${seconds}e3`);
    return { type: 'message', place, receivedAtMs, body: parseBody(message, place) };
  }
  if (OTHER.test(text)) return null;
  const expected = '"url -> time: body", "url <- time: body", "url <-> time" or "time: body"';
  throw invalidField(place, expected, text);
}

function pathOf(url: string, place: string): string {
  if (!URL.canParse(url)) throw invalidField(`${place}: url`, 'a URL', url);
  return new URL(url).pathname;
}

function parseBody(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidField(`${place}: body`, 'JSON', text);
  }
}
