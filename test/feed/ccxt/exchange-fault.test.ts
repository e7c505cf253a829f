import { describe, expect, test } from 'bun:test';
import ccxt from 'ccxt';
import { type ErrorCode, SpreadscopeError } from '../../../src/domain/errors.ts';
import {
  ExchangeFault,
  MAX_CAUSE_LENGTH,
  toErrorCode,
  toExchangeFault,
} from '../../../src/feed/drivers/ccxt/exchange-fault.ts';
import { loadCcxt } from '../../../src/feed/drivers/ccxt/load-ccxt.ts';

const { errors } = await loadCcxt();

/** Every class of ccxt's error tree that an exchange's public interface leads to. */
const CLASSES: readonly (readonly [keyof typeof ccxt & string, ErrorCode])[] = [
  ['AccountNotEnabled', 'exchange_authentication'],
  ['AccountSuspended', 'exchange_authentication'],
  ['ArgumentsRequired', 'exchange_failed'],
  ['AuthenticationError', 'exchange_authentication'],
  ['BadRequest', 'exchange_failed'],
  ['BadResponse', 'exchange_bad_data'],
  ['BadSymbol', 'symbol_unknown'],
  ['ChecksumError', 'exchange_bad_data'],
  ['DDoSProtection', 'exchange_rate_limited'],
  ['ExchangeClosedByUser', 'closed'],
  ['ExchangeError', 'exchange_failed'],
  ['ExchangeNotAvailable', 'exchange_network'],
  ['InvalidNonce', 'exchange_bad_data'],
  ['MarketClosed', 'exchange_failed'],
  ['NetworkError', 'exchange_network'],
  ['NotSupported', 'exchange_not_supported'],
  ['NullResponse', 'exchange_bad_data'],
  ['OnMaintenance', 'exchange_maintenance'],
  ['OperationFailed', 'exchange_failed'],
  ['PermissionDenied', 'exchange_authentication'],
  ['RateLimitExceeded', 'exchange_rate_limited'],
  ['RequestTimeout', 'exchange_timeout'],
  ['RestrictedLocation', 'exchange_geo_blocked'],
];

function errorOf(name: keyof typeof ccxt): unknown {
  const errorClass = ccxt[name] as unknown as new (message: string) => Error;
  return new errorClass('binance GET https://host/path?apiKey=secret 400 text of the exchange');
}

describe('the code of an error of ccxt', () => {
  test.each(CLASSES)('%s is %s', (name, code) => {
    expect(toErrorCode(errorOf(name), errors, null)).toBe(code);
  });

  test('what is not of ccxt comes from its parsers, so the data was bad', () => {
    expect(toErrorCode(new TypeError('x is undefined'), errors, null)).toBe('exchange_bad_data');
    expect(toErrorCode('text', errors, 200)).toBe('exchange_bad_data');
  });

  test('status 451 is a geo-block, whatever the class; 403 is one unless the class says more', () => {
    expect(toErrorCode(errorOf('ExchangeNotAvailable'), errors, 451)).toBe('exchange_geo_blocked');
    expect(toErrorCode(errorOf('ExchangeError'), errors, 451)).toBe('exchange_geo_blocked');
    expect(toErrorCode(errorOf('ExchangeNotAvailable'), errors, 403)).toBe('exchange_geo_blocked');
    expect(toErrorCode(errorOf('PermissionDenied'), errors, 403)).toBe('exchange_authentication');
    expect(toErrorCode(errorOf('RateLimitExceeded'), errors, 403)).toBe('exchange_rate_limited');
    expect(toErrorCode(errorOf('ExchangeNotAvailable'), errors, 404)).toBe('exchange_network');
  });

  test('statuses 418 and 429 are rate limits even when the body made ccxt throw another class', () => {
    expect(toErrorCode(errorOf('ExchangeError'), errors, 429)).toBe('exchange_rate_limited');
    expect(toErrorCode(errorOf('ExchangeError'), errors, 418)).toBe('exchange_rate_limited');
  });
});

describe('a fault', () => {
  test('says what happened without the text of the exchange, which stays in its cause', () => {
    const cause = errorOf('RateLimitExceeded');
    const fault = toExchangeFault('binance', cause, errors, { status: 429, retryAfterMs: 3_000 });
    expect(fault.message).toBe(
      'binance refuses requests because its rate limit is exceeded (HTTP 429)',
    );
    expect(fault.cause).toBe(cause);
    expect(fault instanceof ExchangeFault && fault.retryAfterMs).toBe(3_000);
  });

  test('leaves the status out when the request itself succeeded', () => {
    const fault = toExchangeFault('okx', new TypeError('x'), errors, {
      status: 200,
      retryAfterMs: null,
    });
    expect(fault.message).toBe('okx sent data that cannot be understood');
  });

  test('keeps only the beginning of a cause that repeats a whole answer', () => {
    const whole = new errors.BadResponse('x'.repeat(MAX_CAUSE_LENGTH));
    expect(toExchangeFault('okx', whole, errors).cause).toBe(whole);
    const tooLong = new errors.BadResponse('x'.repeat(MAX_CAUSE_LENGTH + 1));
    const { cause } = toExchangeFault('okx', tooLong, errors);
    expect(cause).toMatchObject({
      name: 'BadResponse',
      message: `${'x'.repeat(MAX_CAUSE_LENGTH)}…`,
    });
  });

  test('is left as it is when it has a code already', () => {
    const error = new SpreadscopeError('closed', 'over');
    expect(toExchangeFault('okx', error, errors)).toBe(error);
  });
});
