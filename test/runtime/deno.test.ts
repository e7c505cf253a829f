/** The service on Deno, as `deno task demo` starts it: the same program as on Bun. */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { denoPath, toDenoTask } from '../support/deno.ts';
import { eventually } from '../support/eventually.ts';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { requirement } from '../support/requirement.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';

const deno = denoPath ?? '';

describe.skipIf(!requirement('deno', denoPath !== null))('the demo on Deno', () => {
  describe.each(['false', 'true'])('with OTEL_DENO=%s', (otelDeno) => {
    let collector: OtlpCollector;
    let service: ServiceProcess;

    beforeAll(async () => {
      collector = await createOtlpCollector();
      const env = {
        DATA_DIR: 'memory',
        // This seed's first opportunity opens after 2.7 s, the default one's after 26 s.
        SYNTHETIC_SEED: '4',
        OTEL_DENO: otelDeno,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_BSP_SCHEDULE_DELAY: '200',
      };
      service = await startService([], env, toDenoTask('demo', deno));
    });

    afterAll(async () => {
      await service?.stop('SIGKILL');
      await collector?.close();
    });

    test('becomes ready and says that its market is synthetic', async () => {
      await eventually('it is ready', async () =>
        (await fetch(`${service.url}/ready`)).ok ? true : null,
      );
      expect((await fetch(`${service.url}/health`)).status).toBe(200);
      expect(await (await fetch(`${service.url}/`)).text()).toContain('synthetic');
    });

    test('finds opportunities and stores them', async () => {
      const found = await eventually('an opportunity is found', async () => {
        const page = (await service.getJson('/api/opportunities')) as {
          readonly source: string;
          readonly opportunities: readonly { readonly id: string }[];
        };
        return page.opportunities[0] === undefined ? null : { ...page, one: page.opportunities[0] };
      });
      expect(found.source).toBe('synthetic');
      expect(await service.getJson(`/api/opportunities/${found.one.id}`)).toMatchObject({
        opportunity: { id: found.one.id, source: 'synthetic' },
      });
    });

    test('streams them', async () => {
      const abort = new AbortController();
      const response = await fetch(`${service.url}/api/opportunities/stream`, {
        signal: abort.signal,
      });
      expect(response.headers.get('content-type')).toStartWith('text/event-stream');
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      const decoder = new TextDecoder();
      let streamed = '';
      while (!/event: (opened|updated|closed)\ndata: \{/.test(streamed)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`the stream ended after: ${streamed}`);
        streamed += decoder.decode(value, { stream: true });
      }
      abort.abort();
    });

    test('stops when it is told to, with everything exported', async () => {
      await fetch(`${service.url}/api/exchanges`, {
        headers: { traceparent: `00-${TRACE_ID}-${PARENT_ID}-01` },
      });
      expect(await service.stop('SIGTERM')).toBe(0);
      const stopped = service.logs.find(({ message }) => message === 'stopped');
      expect(JSON.stringify(stopped)).toContain('"spans.dropped_count":0');
    });

    test('continues a trace that a caller sends in, with one server span and no second one', () => {
      const ofTrace = collector.spans().filter(({ traceId }) => traceId === TRACE_ID);
      expect(ofTrace.filter(({ kind }) => kind === 'SERVER')).toMatchObject([
        {
          name: 'GET /api/exchanges',
          parentSpanId: PARENT_ID,
          attributes: { 'http.route': '/api/exchanges', 'http.response.status_code': 200 },
        },
      ]);
    });
  });
});
