/** Checks that both scanners make, so that they refuse the same calls in the same words. */

import { SpreadscopeError } from '../domain/errors.ts';
import { BATCH_CAPACITY_COUNT } from './capacity.ts';
import { checkIndex } from './checks.ts';
import type { KernelCapacity } from './kernel.ts';
import { SCAN_LIMITS, type ScanShape, SLOTS } from './scan.ts';

const encoder = new TextEncoder();

/** UTF-8 of a key or name. */
export function toScanBytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** One character a byte: names are compared as bytes, as the module does. */
export function toByteText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** @throws {SpreadscopeError} `kernel_capacity` when a key, a count or an exchange is out of bounds. */
export function checkShapes(shapes: readonly ScanShape[], capacity: KernelCapacity): void {
  if (shapes.length < 1 || shapes.length > SCAN_LIMITS.shapesCount) {
    throw refused(`expected 1 to ${SCAN_LIMITS.shapesCount} shapes, got ${shapes.length}`);
  }
  for (const [index, shape] of shapes.entries()) {
    if (!isIndex(shape.exchangeIndex, capacity.exchangesCount)) {
      throw refused(`shape ${index}: exchangeIndex ${shape.exchangeIndex} is beyond the capacity`);
    }
    checkKeys(index, shape);
  }
}

function checkKeys(index: number, { keys, wrapper }: ScanShape): void {
  const names = [...SLOTS.map((slot) => keys[slot]), wrapper].filter((name) => name !== null);
  for (const name of names) {
    const bytes = toScanBytes(name).length;
    if (bytes < 1 || bytes > SCAN_LIMITS.keyBytes) {
      throw refused(
        `shape ${index}: expected keys of 1 to ${SCAN_LIMITS.keyBytes} bytes, got ${bytes}`,
      );
    }
  }
  if (new Set(names).size !== names.length) throw refused(`shape ${index}: two keys are the same`);
}

/** @throws {RangeError} when an index is out of bounds. */
export function checkScan(shapesCount: number, shapeIndex: number, row: number): void {
  checkIndex('shapeIndex', shapeIndex, shapesCount);
  checkIndex('row', row, BATCH_CAPACITY_COUNT);
}

/** The bytes of a name. @throws {RangeError} as `QuoteScanner.addName`. */
export function checkName(name: string): Uint8Array {
  const bytes = toScanBytes(name);
  if (bytes.length >= 1 && bytes.length <= SCAN_LIMITS.nameBytes) return bytes;
  throw new RangeError(`name: expected 1 to ${SCAN_LIMITS.nameBytes} bytes, got ${bytes.length}`);
}

/** @throws {RangeError} when the offset is not finite. */
export function checkOffset(offsetMs: number): void {
  if (!Number.isFinite(offsetMs))
    throw new RangeError(`offsetMs: expected a finite number, got ${offsetMs}`);
}

function isIndex(value: number, count: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < count;
}

function refused(message: string): SpreadscopeError {
  return new SpreadscopeError('kernel_capacity', `scanner: ${message}`);
}
