import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  isAnyPath,
  parseRequestTarget,
  schemeOf,
  TargetReader,
} from '../../src/telemetry/request-target.ts';

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

test('a reader tells what parsing tells, whatever it has read before', () => {
  const reader = new TargetReader();
  const urls = [
    'http://a.example/x?y=1',
    'http://a.example/z',
    'http://a.example:81/z#f',
    'http://a.example:8/z',
    'https://a.example/?',
    'http://a.example.evil/z',
    'http://a.example/',
  ];
  for (const url of [...urls, ...urls.toReversed()]) {
    expect(reader.read(url)).toEqual(parseRequestTarget(url));
  }
});

describe('isAnyPath', () => {
  const paths = ['/health', '/metrics'];

  test.each(['http://x/health', 'https://x:1/metrics', 'http://x/health?a=b', 'http://x/health#a'])(
    'knows %s',
    (url) => expect(isAnyPath(url, paths)).toBe(true),
  );

  test.each([
    'http://x/healthy',
    'http://x/health/',
    'http://x/heal',
    'http://x/a/health',
    'http://x/?/health',
    'http://x/',
    'http://health',
  ])('does not know %s', (url) => expect(isAnyPath(url, paths)).toBe(false));
});

test.each([
  ['http://x/', 'http'],
  ['https://x/', 'https'],
  ['ws://x/', 'ws'],
  ['file:///x', 'file'],
])('the scheme of %s is %s', (url, scheme) => expect(schemeOf(url)).toBe(scheme));
