/** Bytes to lines, without ever holding more than one chunk and one line. */

import { SpreadscopeError } from '../../domain/errors.ts';

/** One line of a text file; `text` is null when the bytes are not usable, and `problem` says why. */
export type RawLine =
  | { readonly lineNumber: number; readonly text: string }
  | { readonly lineNumber: number; readonly text: null; readonly problem: string };

const LINE_FEED = 0x0a;

/**
 * Splits at line feeds. The last line may lack one; empty lines are counted, not yielded. Lines come in groups, one
 * group a chunk.
 *
 * @param maxLineBytes - a longer line is a problem, and its bytes are not kept.
 */
export async function* readLines(
  bytes: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<readonly RawLine[], void, void> {
  const splitter = createSplitter(maxLineBytes);
  for await (const chunk of bytes) {
    const lines = splitter.push(chunk);
    if (lines.length > 0) yield lines;
  }
  const last = splitter.end();
  if (last.length > 0) yield last;
}

function createSplitter(maxLineBytes: number) {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  /** Parts of the line that has begun, copied: a stream may reuse its chunks. */
  let parts: Uint8Array[] = [];
  let partsBytes = 0;
  let lineNumber = 0;

  const append = (part: Uint8Array, isWhole: boolean): void => {
    partsBytes += part.length;
    if (partsBytes > maxLineBytes) parts = [];
    else if (part.length > 0) parts.push(isWhole ? part : part.slice());
  };

  const finishLine = (lines: RawLine[]): void => {
    lineNumber += 1;
    const problem = `expected at most ${maxLineBytes} bytes, got a longer line`;
    const isTooLong = partsBytes > maxLineBytes;
    const line: RawLine = isTooLong
      ? { lineNumber, text: null, problem }
      : toRawLine(decoder, lineNumber, parts);
    if (line.text === null || line.text.trim() !== '') lines.push(line);
    parts = [];
    partsBytes = 0;
  };

  const push = (chunk: Uint8Array): readonly RawLine[] => {
    const lines: RawLine[] = [];
    let from = 0;
    for (;;) {
      const to = chunk.indexOf(LINE_FEED, from);
      if (to === -1) break;
      append(chunk.subarray(from, to), true);
      finishLine(lines);
      from = to + 1;
    }
    append(chunk.subarray(from), false);
    return lines;
  };

  const end = (): readonly RawLine[] => {
    const lines: RawLine[] = [];
    if (partsBytes > 0) finishLine(lines);
    return lines;
  };

  return { push, end };
}

function toRawLine(
  decoder: TextDecoder,
  lineNumber: number,
  parts: readonly Uint8Array[],
): RawLine {
  try {
    return { lineNumber, text: decoder.decode(joinBytes(parts)) };
  } catch {
    return { lineNumber, text: null, problem: 'expected UTF-8, got other bytes' };
  }
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/**
 * The whole text, for sources that are one JSON document.
 *
 * @throws {SpreadscopeError} `recording_invalid` beyond `maxBytes` or when it is not UTF-8.
 */
export async function readText(
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<string> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.length;
    if (total > maxBytes) {
      throw new SpreadscopeError('recording_invalid', `file: expected at most ${maxBytes} bytes`);
    }
    parts.push(chunk.slice());
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(joinBytes(parts));
  } catch (cause) {
    throw new SpreadscopeError('recording_invalid', 'file: expected UTF-8, got other bytes', {
      cause,
    });
  }
}
