/** What the scanner needs of the module: functions and layout. */

import { readNumbers } from './abi.ts';

export interface ScanFunctions {
  configureScan(messageBytes: number, shapes: number, nameEntries: number): number;
  addScanName(shape: number, symbolIndex: number, length: number): number;
  setScanOffset(shape: number, offsetMs: number): void;
  scanMessage(shape: number, length: number, receivedAt: number, row: number): number;
}

const SCAN_FUNCTION_NAMES = [
  'configureScan',
  'addScanName',
  'setScanOffset',
  'scanMessage',
] as const satisfies readonly (keyof ScanFunctions)[];

const SCAN_LAYOUT_NAMES = [
  'scanMessageAt',
  'scanShapes',
  'SCAN_KEY_STRIDE',
  'SCAN_SHAPE_BYTES',
  'SCAN_SHAPE_REQUIRED',
  'SCAN_SHAPE_EXCHANGE',
  'SCAN_HARD_NUMBER',
  'SCAN_OFF_COURSE',
  'scanCourses',
  'SCAN_COURSE_BYTES',
  'SCAN_COURSE_CAPACITY',
  'SCAN_COURSE_COUNT',
  'SCAN_COURSE_PIECES',
  'SCAN_PIECE_BYTES',
  'SCAN_PIECE_LENGTH',
  'SCAN_PIECE_KIND',
  'SCAN_TEXT',
  'SCAN_NUMBER',
  'SCAN_NOTHING',
] as const;

export type ScanLayout = Readonly<Record<(typeof SCAN_LAYOUT_NAMES)[number], number>>;

/** @throws {TypeError} when the module has no scanner: it is older than this binding. */
export function readScanFunctions(exports: WebAssembly.Exports): ScanFunctions {
  for (const name of SCAN_FUNCTION_NAMES) {
    if (typeof exports[name] !== 'function') {
      throw new TypeError(`kernel module: expected a function ${name}; run \`bun run build\``);
    }
  }
  return exports as unknown as ScanFunctions;
}

/** The layout as it stands after `configureScan`. */
export function readScanLayout(exports: WebAssembly.Exports): ScanLayout {
  return readNumbers(exports, SCAN_LAYOUT_NAMES);
}
