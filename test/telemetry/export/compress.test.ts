import { describe, expect, test } from 'bun:test';
import zlib, { gunzipSync } from 'node:zlib';
import { gzip, gzipByStream, gzipByZlib } from '../../../src/telemetry/export/compress.ts';

/** As alike as spans are, with a few random bytes each. */
function spanLike(count: number): Uint8Array<ArrayBuffer> {
  const spanBytes = 270;
  const body = new Uint8Array(count * spanBytes);
  for (let start = 0; start < body.length; start += spanBytes) {
    crypto.getRandomValues(body.subarray(start, start + 24));
    for (let index = 24; index < spanBytes; index += 1) body[start + index] = index & 0xff;
  }
  return body;
}

const toPlain = (compressed: Uint8Array) => Uint8Array.from(gunzipSync(compressed));

describe('a request body', () => {
  for (const count of [0, 1, 512, 970, 971, 8_192]) {
    test(`of ${count} spans comes out of gzip as it went in`, async () => {
      const body = spanLike(count);
      expect(toPlain(await gzip(body))).toEqual(body);
      expect(toPlain(await gzipByStream(body))).toEqual(body);
    });
  }

  test('is compressed by zlib where there is one, in the call itself when it is small', async () => {
    const calls: string[] = [];
    const watched = {
      gzipSync: (...values: Parameters<typeof zlib.gzipSync>) => {
        calls.push('at once');
        return new Uint8Array(zlib.gzipSync(...values));
      },
      gzip: (
        body: Uint8Array,
        options: zlib.ZlibOptions,
        callback: (error: Error | null, compressed: Uint8Array<ArrayBuffer>) => void,
      ) => {
        calls.push('beside');
        zlib.gzip(body, options, (error, compressed) =>
          callback(error, new Uint8Array(compressed)),
        );
      },
    };
    const largestAtOnce = new Uint8Array(256 * 1024);
    expect(toPlain(await gzipByZlib(watched, largestAtOnce))).toEqual(largestAtOnce);
    const larger = new Uint8Array(256 * 1024 + 1);
    expect(toPlain(await gzipByZlib(watched, larger))).toEqual(larger);
    expect(calls).toEqual(['at once', 'beside']);
  });

  test('that zlib refuses is a rejection', async () => {
    const broken = {
      gzipSync: () => {
        throw new RangeError('no memory');
      },
      gzip: (_body: unknown, _options: unknown, callback: (error: Error, none: never) => void) =>
        callback(new RangeError('no memory'), undefined as never),
    };
    await expect(gzipByZlib(broken, new Uint8Array(1))).rejects.toThrow('no memory');
    await expect(gzipByZlib(broken, new Uint8Array(300_000))).rejects.toThrow('no memory');
  });
});
