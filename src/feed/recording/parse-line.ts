/** One line of a recording, from untrusted text to a typed line. Order and context are the reader's to check. */

import type { Book, Level } from '../../domain/book.ts';
import { SpreadscopeError } from '../../domain/errors.ts';
import type { Funding } from '../../domain/funding.ts';
import { type ContractTerms, type Market, parseSymbol } from '../../domain/market.ts';
import type { Quote } from '../../domain/quote.ts';
import { parseDecimal } from './decimal-text.ts';
import {
  invalidField,
  isJsonRecord,
  type JsonRecord,
  readDecimal,
  readName,
  readNumber,
  readOptionalStep,
  readOptionalTimeMs,
  readSignedDecimal,
  readSymbol,
  readText,
  readTimeMs,
} from './fields.ts';
import { RECORDING_VERSION, type RecordingHeader, type RecordingLine } from './format.ts';

/**
 * Parses one line. Fields that are not known are ignored, so that later versions may add some.
 *
 * @throws {SpreadscopeError} `recording_invalid`, naming the field, what was expected and what came.
 */
export function parseRecordingLine(text: string): RecordingLine {
  return parseRecordingRecord(parseJsonObject(text));
}

/** As `parseRecordingLine`, of a line that is JSON already. */
export function parseRecordingRecord(record: JsonRecord): RecordingLine {
  switch (record.type) {
    case 'quote':
      return { type: 'quote', quote: parseQuote(record) };
    case 'book':
      return { type: 'book', book: parseBook(record) };
    case 'funding':
      return { type: 'funding', funding: parseFunding(record) };
    case 'market':
      return { type: 'market', market: parseMarket(record) };
    case 'recording':
      return { type: 'header', header: parseHeader(record) };
    default:
      throw invalidField('type', 'recording, market, quote, book or funding', record.type);
  }
}

function parseJsonObject(text: string): JsonRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SpreadscopeError('recording_invalid', 'expected a JSON object, got no valid JSON', {
      cause,
    });
  }
  if (!isJsonRecord(value)) throw invalidField('line', 'a JSON object', value);
  return value;
}

function parseHeader(record: JsonRecord): RecordingHeader {
  if (record.version !== RECORDING_VERSION) {
    throw invalidField('version', String(RECORDING_VERSION), record.version);
  }
  return {
    type: 'recording',
    version: RECORDING_VERSION,
    origin: readText(record, 'origin'),
    fromMs: readOptionalTimeMs(record, 'fromMs'),
    toMs: readOptionalTimeMs(record, 'toMs'),
    notes: parseNotes(record.notes ?? []),
  };
}

function parseNotes(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw invalidField('notes', 'an array of texts', value);
  return value.map((note: unknown, index) => {
    if (typeof note !== 'string') throw invalidField(`notes[${index}]`, 'text', note);
    return note;
  });
}

function parseMarket(record: JsonRecord): Market {
  const symbol = readSymbol(record, 'symbol');
  const takerBps = readNumber(record, 'takerBps');
  const isActive = record.isActive ?? true;
  if (typeof isActive !== 'boolean') throw invalidField('isActive', 'true or false', isActive);
  const maxCostInQuote = readOptionalStep(record, 'maxCostInQuote');
  return {
    exchange: readName(record, 'exchange'),
    symbol,
    ...parseSymbol(symbol),
    takerBps,
    makerBps: record.makerBps === undefined ? takerBps : readNumber(record, 'makerBps'),
    ...parseFeeSide(record.feeSide ?? 'quote'),
    priceStep: readOptionalStep(record, 'priceStep'),
    sizeStep: readOptionalStep(record, 'sizeStep'),
    minSizeInBase: readOptionalStep(record, 'minSizeInBase'),
    maxSizeInBase: readOptionalStep(record, 'maxSizeInBase'),
    minCostInQuote: readOptionalStep(record, 'minCostInQuote'),
    ...(maxCostInQuote === null ? {} : { maxCostInQuote }),
    isActive,
    ...parseContract(record.contract),
  };
}

function parseContract(value: unknown): Pick<Market, 'contract'> {
  if (value === undefined || value === null) return {};
  if (!isJsonRecord(value)) throw invalidField('contract', 'an object', value);
  const { kind, settlement } = value;
  if (kind !== 'perpetual' && kind !== 'dated') {
    throw invalidField('contract.kind', 'perpetual or dated', kind);
  }
  if (settlement !== 'linear' && settlement !== 'inverse') {
    throw invalidField('contract.settlement', 'linear or inverse', settlement);
  }
  const contractSize = readOptionalStep(value, 'contractSize');
  if (contractSize === null) {
    throw invalidField('contract.contractSize', 'a decimal above 0', value.contractSize);
  }
  const contractStep = readOptionalStep(value, 'contractStep');
  const expiryMs = readOptionalTimeMs(value, 'expiryMs');
  const contract: ContractTerms = { kind, settlement, contractSize, contractStep, expiryMs };
  return { contract };
}

function parseFunding(record: JsonRecord): Funding {
  return {
    exchange: readName(record, 'exchange'),
    symbol: readSymbol(record, 'symbol'),
    rateRatio: readSignedDecimal(record, 'rateRatio'),
    intervalMs: readOptionalTimeMs(record, 'intervalMs'),
    nextFundingAtMs: readOptionalTimeMs(record, 'nextFundingAtMs'),
    markPriceInQuote: readOptionalPrice(record, 'markPriceInQuote'),
    indexPriceInQuote: readOptionalPrice(record, 'indexPriceInQuote'),
    exchangeTimeMs: readOptionalTimeMs(record, 'exchangeTimeMs'),
    receivedAtMs: readTimeMs(record, 'receivedAtMs'),
  };
}

function readOptionalPrice(record: JsonRecord, field: string): number | null {
  const text = readOptionalStep(record, field);
  return text === null ? null : Number(text);
}

/** Where the fee is taken, when it is not the quote asset. */
function parseFeeSide(value: unknown): Pick<Market, 'feeSide'> {
  if (value === 'quote') return {};
  if (value === 'get' || value === 'give' || value === 'base') return { feeSide: value };
  throw invalidField('feeSide', 'get, give, base or quote', value);
}

function parseQuote(record: JsonRecord): Quote {
  return {
    exchange: readName(record, 'exchange'),
    symbol: readSymbol(record, 'symbol'),
    bid: readDecimal(record, 'bid', 0),
    bidSize: readDecimal(record, 'bidSize', Number.NaN),
    ask: readDecimal(record, 'ask', 0),
    askSize: readDecimal(record, 'askSize', Number.NaN),
    exchangeTimeMs: readOptionalTimeMs(record, 'exchangeTimeMs'),
    receivedAtMs: readTimeMs(record, 'receivedAtMs'),
    ...parseGap(record),
  };
}

function parseBook(record: JsonRecord): Book {
  return {
    exchange: readName(record, 'exchange'),
    symbol: readSymbol(record, 'symbol'),
    bids: parseLevels(record, 'bids'),
    asks: parseLevels(record, 'asks'),
    exchangeTimeMs: readOptionalTimeMs(record, 'exchangeTimeMs'),
    receivedAtMs: readTimeMs(record, 'receivedAtMs'),
    ...parseGap(record),
  };
}

function parseGap({ hasGap = false }: JsonRecord): { readonly hasGap?: true } {
  if (typeof hasGap !== 'boolean') throw invalidField('hasGap', 'true or false', hasGap);
  return hasGap ? { hasGap } : {};
}

function parseLevels(record: JsonRecord, field: 'bids' | 'asks'): readonly Level[] {
  const values = record[field];
  if (!Array.isArray(values)) throw invalidField(field, 'an array of [price, size]', values);
  const levels: Level[] = [];
  let previous = field === 'bids' ? Number.POSITIVE_INFINITY : 0;
  for (const value of values as readonly unknown[]) {
    const level = parseLevel(value, `${field}[${levels.length}]`);
    const isInOrder = field === 'bids' ? level[0] < previous : level[0] > previous;
    if (!isInOrder) throw outOfOrder(field, levels.length, level[0]);
    previous = level[0];
    levels.push(level);
  }
  return levels;
}

function parseLevel(value: unknown, field: string): Level {
  if (!Array.isArray(value) || value.length !== 2) {
    throw invalidField(field, '[price, size]', value);
  }
  const price = parseDecimal(value[0]);
  const size = parseDecimal(value[1]);
  if (price === null || price === 0) throw invalidField(field, 'a price above 0', value[0]);
  if (size === null || size === 0) throw invalidField(field, 'a size above 0', value[1]);
  return [price, size];
}

function outOfOrder(field: 'bids' | 'asks', index: number, price: number): SpreadscopeError {
  const expected = field === 'bids' ? 'a price below' : 'a price above';
  return invalidField(`${field}[${index}]`, `${expected} that of the level before`, price);
}
