/** Published market data of several shapes to a recording. */

import { SpreadscopeError } from '../../../domain/errors.ts';
import type { RecordingLine } from '../format.ts';
import { formatRecordingLine } from '../format-line.ts';
import { importBooksJson } from './books-json.ts';
import { importCapture } from './capture.ts';
import type { ImportFile, ImportOptions } from './import-source.ts';
import { importRatesJson } from './rates-json.ts';
import { importTopsCsv } from './tops-csv.ts';

/** The shapes that can be imported, as the command line names them. */
export const IMPORT_KINDS = ['books-json', 'tops-csv', 'rates-json', 'capture'] as const;

export type ImportKind = (typeof IMPORT_KINDS)[number];

/** Options that a shape understands beside `takerBps`. */
const OPTIONS_OF = {
  'books-json': ['symbol', 'atMs'],
  'tops-csv': ['exchange'],
  'rates-json': ['atMs'],
  capture: ['exchange'],
} as const satisfies Record<ImportKind, readonly (keyof ImportOptions)[]>;

/**
 * The lines of the recording, each with its line feed. Same files and options, same bytes.
 *
 * @param files - one file; a capture may have several, in any order of kinds.
 * @throws {SpreadscopeError} while iterating: `usage_invalid` for an option or a number of files that the shape does not
 * take, `recording_invalid` for a file that is not of this shape, naming file, place and what was expected.
 */
export async function* importRecording(
  kind: ImportKind,
  files: readonly ImportFile[],
  options: ImportOptions = {},
): AsyncGenerator<string, void, void> {
  requireOptions(kind, options);
  const name = files.map((file) => file.name).join(', ');
  try {
    for await (const line of importLines(kind, files, options)) yield formatRecordingLine(line);
  } catch (cause) {
    if (!(cause instanceof SpreadscopeError) || cause.code !== 'recording_invalid') throw cause;
    throw new SpreadscopeError(cause.code, `${name} is not ${kind}: ${cause.message}`, { cause });
  }
}

function importLines(
  kind: ImportKind,
  files: readonly ImportFile[],
  options: ImportOptions,
): AsyncIterable<RecordingLine> {
  switch (kind) {
    case 'books-json':
      return importBooksJson(onlyFile(kind, files), options);
    case 'tops-csv':
      return importTopsCsv(onlyFile(kind, files), options);
    case 'rates-json':
      return importRatesJson(onlyFile(kind, files), options);
    case 'capture':
      return importCapture(files, options);
  }
}

function onlyFile(kind: ImportKind, files: readonly ImportFile[]): ImportFile {
  const [file] = files;
  if (file !== undefined && files.length === 1) return file;
  throw new SpreadscopeError('usage_invalid', `${kind}: expected one file, got ${files.length}`);
}

function requireOptions(kind: ImportKind, options: ImportOptions): void {
  const known: readonly string[] = ['takerBps', ...OPTIONS_OF[kind]];
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || known.includes(option)) continue;
    throw new SpreadscopeError('usage_invalid', `${option}: ${kind} does not take this option`);
  }
}
