/** A market as Poloniex describes it in the answer of `GET /markets` (public reference data of its spot API). */

import type { Market } from '../../../domain/market.ts';
import { toDecimalText } from '../decimal-text.ts';
import { invalidField, isJsonRecord } from '../fields.ts';
import { createBareMarket, requireDecimal } from './import-source.ts';

/**
 * @param place - where the answer stands, for messages.
 * @throws {SpreadscopeError} `recording_invalid`, naming the field.
 */
export function parsePoloniexMarkets(
  body: unknown,
  place: string,
  exchange: string,
  takerBps: number,
): readonly Market[] {
  if (!Array.isArray(body)) throw invalidField(`${place}: body`, 'an array of markets', body);
  return body.map((value: unknown, index) =>
    parseMarket(value, `${place}: [${index}]`, exchange, takerBps),
  );
}

function parseMarket(value: unknown, field: string, exchange: string, takerBps: number): Market {
  if (!isJsonRecord(value)) throw invalidField(field, 'an object', value);
  const limit = value.symbolTradeLimit;
  if (!isJsonRecord(limit)) throw invalidField(`${field}.symbolTradeLimit`, 'an object', limit);
  return {
    ...createBareMarket(exchange, toUnifiedSymbol(value.symbol, `${field}.symbol`), takerBps),
    priceStep: toStep(limit.priceScale, `${field}.priceScale`),
    sizeStep: toStep(limit.quantityScale, `${field}.quantityScale`),
    minSizeInBase: toLimit(limit.minQuantity, `${field}.minQuantity`),
    minCostInQuote: toLimit(limit.minAmount, `${field}.minAmount`),
    isActive: value.state === 'NORMAL',
  };
}

/** `BTC_USDT` → `BTC/USDT`. */
export function toUnifiedSymbol(value: unknown, field: string): string {
  const parts = typeof value === 'string' ? value.split('_') : [];
  if (parts.length === 2 && parts.every((part) => part !== '')) return parts.join('/');
  throw invalidField(field, 'BASE_QUOTE such as BTC_USDT', value);
}

/** A scale is the number of decimals: 2 → `0.01`, 0 → `1`. */
function toStep(scale: unknown, field: string): string {
  if (typeof scale === 'number' && Number.isInteger(scale) && scale >= 0 && scale <= 30) {
    return scale === 0 ? '1' : `0.${'1'.padStart(scale, '0')}`;
  }
  throw invalidField(field, 'a number of decimals from 0 to 30', scale);
}

/** Nothing and zero mean that there is no limit. */
function toLimit(value: unknown, field: string): string | null {
  const limit = value === undefined || value === null ? 0 : requireDecimal(value, field);
  return limit === 0 ? null : toDecimalText(limit);
}
