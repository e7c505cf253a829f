import { describe, expect, test } from 'bun:test';
import { loadCcxt } from '../../../src/feed/drivers/ccxt/load-ccxt.ts';
import { overrideUrls, parseUrlOverrides } from '../../../src/feed/drivers/ccxt/url-overrides.ts';

const OVERRIDE = { rest: 'http://proxy:8080/x/', ws: 'ws://proxy:8081' };

describe('other addresses of an exchange', () => {
  test('are read from JSON; empty text is none', () => {
    expect(parseUrlOverrides(JSON.stringify({ binance: OVERRIDE }))).toEqual({ binance: OVERRIDE });
    expect(parseUrlOverrides('  ')).toEqual({});
    expect(parseUrlOverrides('{}')).toEqual({});
  });

  test.each([
    ['{', 'EXCHANGE_URLS: expected a JSON object by exchange id'],
    ['[]', 'EXCHANGE_URLS: expected a JSON object by exchange id'],
    ['"x"', 'EXCHANGE_URLS: expected a JSON object by exchange id'],
    ['{"okx":null}', 'EXCHANGE_URLS.okx.rest: expected a http:// or https:// URL'],
    [
      '{"okx":{"rest":"ws://secret"}}',
      'EXCHANGE_URLS.okx.rest: expected a http:// or https:// URL',
    ],
    ['{"okx":{"rest":"http://a"}}', 'EXCHANGE_URLS.okx.ws: expected a ws:// or wss:// URL'],
    ['{"okx":{"rest":"http://a","ws":7}}', 'EXCHANGE_URLS.okx.ws: expected a ws:// or wss:// URL'],
  ])('refuse %s by name, without repeating values', (text, message) => {
    expect(() => parseUrlOverrides(text)).toThrow(message);
  });

  test('replace scheme and host throughout the tree, and keep paths', () => {
    const tree = {
      a: 'https://api.{hostname}/v5',
      ws: { b: 'wss://ws.x.com:9443/ws' },
      c: 'text',
      d: 7,
    };
    expect(overrideUrls(tree, OVERRIDE)).toEqual({
      a: 'http://proxy:8080/x/v5',
      ws: { b: 'ws://proxy:8081/ws' },
      c: 'text',
      d: 7,
    });
  });

  test('leave no address of any exchange of ccxt pointing elsewhere', async () => {
    const ccxt = await loadCcxt();
    for (const id of ccxt.exchanges) {
      const exchangeClass = ccxt.exchangeClass(id);
      if (exchangeClass === null) throw new RangeError(id);
      const text = JSON.stringify(overrideUrls(new exchangeClass({}).urls.api, OVERRIDE));
      expect(text.match(/(https?|wss?):\/\/(?!proxy)/g)).toBeNull();
    }
  });
});
