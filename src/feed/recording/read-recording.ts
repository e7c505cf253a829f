/** A recording from bytes to validated lines: header first, markets before their updates, time that never goes back. */

import { isSpreadscopeError, SpreadscopeError } from '../../domain/errors.ts';
import type { Quote } from '../../domain/quote.ts';
import { MAX_LINE_BYTES, type RecordingLine } from './format.ts';
import { gunzipIfNeeded } from './gunzip.ts';
import { parseRecordingLine } from './parse-line.ts';
import { type RawLine, readLines } from './read-bytes.ts';

export interface ReadRecordingOptions {
  /**
   * Called for each bad line; the line is then left out. Without it the first bad line ends the reading. A header that
   * is missing or of another version always does.
   */
  readonly onBadLine?: (error: SpreadscopeError) => void;
  /**
   * Called when the bytes end before the recording does: a gzip file that was cut off or damaged. Without `onBadLine`
   * that is an error as any other.
   */
  readonly onCutOff?: (error: SpreadscopeError) => void;
  /** Longest line, bytes; default `MAX_LINE_BYTES`. */
  readonly maxLineBytes?: number;
}

/**
 * Lines in groups, one group a chunk of the source; the first line is the header.
 *
 * @param bytes - the file, plain or gzipped.
 * @throws {SpreadscopeError} `recording_invalid`: `line N: field: expected …, got …`.
 */
export async function* readRecording(
  bytes: AsyncIterable<Uint8Array>,
  options: ReadRecordingOptions = {},
): AsyncGenerator<readonly RecordingLine[], void, void> {
  const check = createOrderCheck();
  let hasHeader = false;
  const unpacked = untilDamaged(gunzipIfNeeded(bytes), options);
  for await (const rawLines of readLines(unpacked, options.maxLineBytes ?? MAX_LINE_BYTES)) {
    const lines: RecordingLine[] = [];
    for (const raw of rawLines) {
      const line = parseChecked(raw, check, hasHeader ? options.onBadLine : undefined);
      if (line === null) continue;
      hasHeader = true;
      lines.push(line);
    }
    yield lines;
  }
  if (!hasHeader) throw atLine(1, 'expected the header of a recording, got an empty file');
}

/** Where bad lines are skipped, a gzip file that was cut off (a recorder that was killed) is read as far as it goes. */
async function* untilDamaged(
  bytes: AsyncIterable<Uint8Array>,
  { onBadLine, onCutOff }: ReadRecordingOptions,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* bytes;
  } catch (error) {
    if (onBadLine === undefined || !isSpreadscopeError(error, 'recording_invalid')) throw error;
    if (onCutOff === undefined) onBadLine(error);
    else onCutOff(error);
  }
}

function parseChecked(
  raw: RawLine,
  check: (line: RecordingLine) => void,
  onBadLine: ReadRecordingOptions['onBadLine'],
): RecordingLine | null {
  try {
    if (raw.text === null) throw new SpreadscopeError('recording_invalid', raw.problem);
    const line = parseRecordingLine(raw.text);
    check(line);
    return line;
  } catch (error) {
    if (!isSpreadscopeError(error, 'recording_invalid')) throw error;
    const located = atLine(raw.lineNumber, error.message, error);
    if (onBadLine === undefined) throw located;
    onBadLine(located);
    return null;
  }
}

function atLine(lineNumber: number, message: string, cause?: unknown): SpreadscopeError {
  return new SpreadscopeError('recording_invalid', `line ${lineNumber}: ${message}`, { cause });
}

/** Checks what one line alone cannot show. Throws on a line that may not stand where it stands. */
function createOrderCheck(): (line: RecordingLine) => void {
  const symbolsByExchange = new Map<string, Set<string>>();
  let isFirst = true;
  let lastMs = 0;

  const checkUpdate = ({ exchange, symbol, receivedAtMs }: UpdateKey): void => {
    if (symbolsByExchange.get(exchange)?.has(symbol) !== true) {
      throw refused(`symbol: expected a market line for ${symbol} on ${exchange} before this line`);
    }
    if (receivedAtMs < lastMs) {
      throw refused(`receivedAtMs: expected at least ${lastMs}, got ${receivedAtMs}`);
    }
    lastMs = receivedAtMs;
  };

  const checkMarket = (exchange: string, symbol: string): void => {
    const symbols = symbolsByExchange.get(exchange) ?? new Set();
    if (symbols.has(symbol)) throw refused(`symbol: ${symbol} on ${exchange} was described before`);
    symbolsByExchange.set(exchange, symbols.add(symbol));
  };

  return (line) => {
    if (isFirst !== (line.type === 'header')) throw refused(describeHeaderPlace(isFirst, line));
    isFirst = false;
    if (line.type === 'market') checkMarket(line.market.exchange, line.market.symbol);
    if (line.type === 'quote') checkUpdate(line.quote);
    if (line.type === 'book') checkUpdate(line.book);
    if (line.type === 'funding') checkUpdate(line.funding);
  };
}

type UpdateKey = Pick<Quote, 'exchange' | 'symbol' | 'receivedAtMs'>;

function describeHeaderPlace(isFirst: boolean, line: RecordingLine): string {
  return isFirst
    ? `type: expected the header (recording) first, got ${line.type}`
    : 'type: expected market, quote, book or funding, got a second header';
}

function refused(message: string): SpreadscopeError {
  return new SpreadscopeError('recording_invalid', message);
}
