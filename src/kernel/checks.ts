/** Checks of arguments: `TypeError` for a wrong type, `RangeError` for a wrong value; the message names the argument. */

import type { PairCostRequest, PairSizingRequest, ScreenParams } from './kernel.ts';

/** @throws {RangeError} unless `value` is a whole number from 0 to `count` − 1. */
export function checkIndex(name: string, value: number, count: number): void {
  if (Number.isInteger(value) && value >= 0 && value < count) return;
  throw wrong(name, `a whole number from 0 to ${count - 1}`, value);
}

/** @throws {RangeError} unless `value` is a whole number from 0 to `max`. */
export function checkCount(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return;
  throw wrong(name, `a whole number from 0 to ${max}`, value);
}

/** @throws {RangeError} unless `value` is above −1 and below 1. */
export function checkTakerRatio(name: string, value: number): void {
  if (typeof value === 'number' && value > -1 && value < 1) return;
  throw wrong(name, 'a ratio above -1 and below 1', value);
}

/** @throws {RangeError} unless `value` is 0 or more; Infinity is a value. */
function checkCap(name: string, value: number): void {
  if (typeof value === 'number' && value >= 0) return;
  throw wrong(name, 'a number of at least 0, or Infinity', value);
}

/** When quotes or rates are judged, and which ages count. */
interface AgeWindow {
  readonly nowMs: number;
  readonly maxAgeMs: number;
  readonly maxFutureMs: number;
}

/** @throws {RangeError | TypeError} unless the moment is finite and the limits are 0 or more. */
export function checkWindow({ nowMs, maxAgeMs, maxFutureMs }: AgeWindow): void {
  if (!Number.isFinite(nowMs)) throw wrong('nowMs', 'a finite number', nowMs);
  checkCap('maxAgeMs', maxAgeMs);
  checkCap('maxFutureMs', maxFutureMs);
}

/** @throws {RangeError | TypeError} unless `value` is from `min` to `max`, and whole when that is asked for. */
export function checkRange(
  name: string,
  value: number,
  min: number,
  max: number,
  kind: 'any' | 'whole' = 'any',
): void {
  const isKind = kind === 'any' || Number.isInteger(value);
  if (typeof value === 'number' && isKind && value >= min && value <= max) return;
  throw wrong(name, `a ${kind === 'whole' ? 'whole ' : ''}number from ${min} to ${max}`, value);
}

/** @throws {RangeError | TypeError} when a parameter of a screening is not as `ScreenParams` says. */
export function checkScreenParams(params: ScreenParams): void {
  checkWindow(params);
  const edge = params.minEdgeRatio;
  if (Number.isFinite(edge) && edge >= -1) return;
  throw wrong('minEdgeRatio', 'a finite ratio of at least -1', edge);
}

/** @throws {RangeError | TypeError} when a field of a request is not as `PairSizingRequest` says. */
export function checkSizingRequest(request: PairSizingRequest, slotsCount: number): void {
  checkIndex('askSlot', request.askSlot, slotsCount);
  checkIndex('bidSlot', request.bidSlot, slotsCount);
  checkTakerRatio('buyTakerRatio', request.buyTakerRatio);
  checkTakerRatio('sellTakerRatio', request.sellTakerRatio);
  checkCap('maxSizeInBase', request.maxSizeInBase);
  checkCap('maxCostInQuote', request.maxCostInQuote);
}

/** @throws {RangeError | TypeError} when a field of a request is not as `PairCostRequest` says. */
export function checkCostRequest(request: PairCostRequest, slotsCount: number): void {
  checkSizingRequest(request, slotsCount);
  const { conversionRate, riskRatio, fixedCostInQuote } = request;
  if (!(Number.isFinite(conversionRate) && conversionRate > 0)) {
    throw wrong('conversionRate', 'a finite number above 0', conversionRate);
  }
  if (!(typeof riskRatio === 'number' && riskRatio >= 0 && riskRatio < 1)) {
    throw wrong('riskRatio', 'a ratio of at least 0 and below 1', riskRatio);
  }
  checkRange('fixedCostInQuote', fixedCostInQuote, 0, Number.MAX_VALUE);
}

function wrong(name: string, expected: string, value: unknown): Error {
  if (typeof value !== 'number') {
    return new TypeError(
      `${name}: expected ${expected}, got ${value === null ? 'null' : typeof value}`,
    );
  }
  return new RangeError(`${name}: expected ${expected}, got ${value}`);
}
