import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { gunzipSync } from 'node:zlib';
import { context, propagation } from '@opentelemetry/api';
import { createRedactor, failSpan, withSpan } from '../../src/telemetry/index.ts';
import { redactQueryText } from '../../src/telemetry/redact-sql.ts';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import { HARMLESS_TEXTS, SECRET_FORMS } from './secrets.ts';
import { createTestTelemetry, type TestTelemetry, TRACERS, toTracerOptions } from './support.ts';

let collector: OtlpCollector;
beforeAll(async () => {
  collector = await createOtlpCollector();
});
afterAll(() => collector.close());

/** Pushes one text through every path by which text gets into telemetry. */
function pushEverywhere({ tracer, logger }: TestTelemetry, text: string): void {
  withSpan(tracer, 'push', {}, (span) => {
    span.setAttributes({
      note: text,
      list: ['a', text],
      'url.full': text,
      'url.query': text.includes('?') ? (text.split('?')[1] ?? '') : '',
      'db.query.text': text,
      'db.query.parameter.0': text,
      'http.request.header.authorization': text,
      'http.request.header.content-type': text,
      'http.response.header.set-cookie': [text],
      'app.api_key': text,
    });
    const baggage = propagation.createBaggage({ 'crypto.note': { value: text } });
    for (const [key, entry] of baggage.getAllEntries()) span.setAttribute(key, entry.value);
    span.addEvent('note', { text });
    span.addLink({ context: span.spanContext(), attributes: { text } });
    failSpan(span, new Error(text, { cause: new Error(text) }));
    logger.info(text, { text, list: [text] });
    logger.error('failed', {}, new Error(text));
  });
  tracer.startSpan(text, {}, context.active()).end();
}

describe('redaction', () => {
  test.each(TRACERS)(
    `keeps all ${SECRET_FORMS.length} forms of secrets from leaving with %s`,
    async (_title, tracer, hasModule) => {
      const options = await toTracerOptions(hasModule);
      expect(SECRET_FORMS.length).toBeGreaterThanOrEqual(60);
      for (const { text, secrets } of SECRET_FORMS) {
        const telemetry = createTestTelemetry(
          collector.url,
          {
            TELEMETRY_TRACER: tracer,
            OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
          },
          options,
        );
        pushEverywhere(telemetry, text);
        await telemetry.shutdown();
        const [request] = collector.requests;
        const sent = gunzipSync(request?.rawBody ?? new Uint8Array()).toString();
        expect(collector.spans().length).toBe(2);
        const kept = JSON.stringify(
          telemetry.recentTraces
            .list(9)
            .map((row) =>
              row.spans.map((span) => [span.name, span.attributes, span.events, span.status]),
            ),
        );
        for (const secret of secrets) {
          expect([text, sent.includes(secret)]).toEqual([text, false]);
          expect([text, kept.includes(secret)]).toEqual([text, false]);
          expect([text, JSON.stringify(telemetry.lines).includes(secret)]).toEqual([text, false]);
        }
        collector.clear();
      }
    },
  );

  test.each(SECRET_FORMS.map((form) => [form.text, form.secrets] as const))(
    'finds the secret in free text: %s',
    (text, secrets) => {
      const redacted = createRedactor().text(`before ${text}`);
      for (const secret of secrets) expect(redacted).not.toContain(secret);
      expect(redacted).toStartWith('before ');
    },
  );

  test.each(HARMLESS_TEXTS)('lets harmless text through: %s', (text) => {
    expect(createRedactor().text(text)).toBe(text);
    expect(createRedactor().value('url.full', text)).toBe(text);
  });

  test('writes what the conventions ask for instead of credentials and signatures', () => {
    const { value } = createRedactor();
    expect(value('url.full', 'https://u:p@x.example/?sig=abc&a=1')).toBe(
      'https://REDACTED:REDACTED@x.example/?sig=REDACTED&a=1',
    );
    expect(value('url.query', 'key=abc&depth=5')).toBe('key=REDACTED&depth=5');
  });

  test('keeps headers on the list and more when asked, and no others', () => {
    const { value } = createRedactor({ allowedHeaders: ['x-region'], secretKeys: ['order.memo'] });
    expect(value('http.request.header.content-type', ['text/html'])).toEqual(['text/html']);
    expect(value('http.request.header.x_region', 'eu')).toBe('eu');
    expect(value('http.request.header.x-forwarded-for', ['1.2.3.4'])).toEqual(['REDACTED']);
    expect(value('order.memo', 'for bob')).toBe('REDACTED');
  });

  test('leaves numbers alone but those that are the secret', () => {
    const { attributes, value } = createRedactor();
    expect(value('usage.input_tokens', 7)).toBe(7);
    expect(value('user.password', 1234)).toBe('REDACTED');
    const harmless = { 'crypto.symbol': 'BTC/USDT', count: 3, list: ['a', 'b'] };
    expect(attributes(harmless)).toBe(harmless);
  });

  test.each([
    [
      "SELECT * FROM t WHERE a = 'x''y' AND b = 12.5 AND c = $1",
      'SELECT * FROM t WHERE a = ? AND b = ? AND c = $1',
    ],
    [
      'SELECT t1.c2 FROM t1 WHERE id IN (1, 2,3) LIMIT 10',
      'SELECT t1.c2 FROM t1 WHERE id IN (?) LIMIT ?',
    ],
    ["select e'a\\'b', $tag$ body $tag$, x'1F', 0x1F, 1e5", 'select ?, ?, ?, ?, ?'],
    ['select 1 -- secret\n, 2 /* hidden */ from "Quoted 1"', 'select ? , ? from "Quoted 1"'],
    ["insert into t values ('open", 'insert into t values (?'],
    ['HSET user:1 name jane', 'HSET user:1 ? ?'],
    ['AUTH default hunter2', 'AUTH ?'],
    ['PING', 'PING'],
  ])('replaces the literals of a query: %s', (query, expected) => {
    expect(redactQueryText(query)).toBe(expected);
  });

  test('takes linear time for long hostile text', () => {
    const { text } = createRedactor();
    const started = performance.now();
    for (const piece of [
      'a',
      'a@',
      'a.',
      '=',
      "'",
      'secret',
      'eyJ',
      '://',
      '/bot1',
      'select ',
      '-',
    ]) {
      text(piece.repeat(65_536 / piece.length));
      redactQueryText(`select ${piece.repeat(65_536 / piece.length)}`);
    }
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
