import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseRequestTarget } from '../../src/telemetry/request-target.ts';

describe('parseRequestTarget', () => {
  test.each([
    ['http://localhost:8787/a/b?c=d&e=f', 'http', 'localhost', 8787, '/a/b', 'c=d&e=f'],
    ['https://example.com/', 'https', 'example.com', null, '/', ''],
    ['http://[::1]:3000/x?y@z:1', 'http', '[::1]', 3000, '/x', 'y@z:1'],
    ['http://[::1]/x', 'http', '[::1]', null, '/x', ''],
    ['http://user:pw@example.com:81/p', 'http', 'example.com', 81, '/p', ''],
    ['http://example.com/p#frag?no', 'http', 'example.com', null, '/p', ''],
    ['/relative?q', '', '', null, '/relative', 'q'],
  ])('reads %s', (url, scheme, host, port, path, query) => {
    expect(parseRequestTarget(url)).toEqual({ scheme, host, port, path, query });
  });

  test('agrees with URL for every URL that a Request can have', () => {
    fc.assert(
      fc.property(
        fc.webUrl({
          withQueryParameters: true,
          withFragments: true,
          authoritySettings: { withPort: true, withIPv6: true, withUserInfo: true },
        }),
        (given) => {
          fc.pre(URL.canParse(given));
          const url = new URL(given);
          expect(parseRequestTarget(url.href)).toEqual({
            scheme: url.protocol.slice(0, -1),
            host: url.hostname,
            port: url.port === '' ? null : Number(url.port),
            path: url.pathname,
            query: url.search.slice(1),
          });
        },
      ),
    );
  });
});
