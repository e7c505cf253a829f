/** Sizes: the layer in a bundle, and spans on the wire. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { ROOT_CONTEXT, SpanKind, type Tracer } from '@opentelemetry/api';
import type { BunPlugin } from 'bun';
import { gzip } from '../../src/telemetry/export/compress.ts';
import type { RowResult, Study } from '../bench.ts';
import { toResult } from '../measure.ts';
import { BATCH_SPANS_COUNT, createLeanTracer, createOfficialTracer } from './tracers.ts';

const OURS = new URL('../../src/telemetry/index.ts', import.meta.url);
const MINIMAL = new URL('./minimal-service.ts', import.meta.url);
const WORKER = new URL('../../src/entry/workers.ts', import.meta.url);
const OFFICIAL = new URL('./official-layer.ts', import.meta.url);
const OTLP_MODULE = new URL('../../build/otlp.wasm', import.meta.url);

export const sizeStudy: Study = {
  name: 'size',
  isStudy: true,
  measure: async () => [await measureBundles(), await measureWorker(), await measureWire()],
};

async function measureBundles(): Promise<RowResult> {
  const wasmBytes = await moduleBytes();
  const allBytes = await bundleBytes(OURS);
  return {
    name: 'size-bundle',
    question: 'How large is the layer in a bundle, minified and gzipped?',
    input:
      'all that spreadscope/telemetry exports, with the WASM encoder; only a tracer provider, a span exporter, a propagator and traceFetch; api, SDK and OTLP exporter of the official packages',
    notMeasured: 'Hono, code that the bundle of a service would share with it or leave out',
    unit: 'B',
    variants: [
      toResult({ name: 'official', role: 'peer' }, [await bundleBytes(OFFICIAL)]),
      toResult({ name: 'ours, traces only', role: 'ours' }, [await bundleBytes(MINIMAL)]),
      toResult({ name: 'ours, all of it', role: 'ours' }, [allBytes + wasmBytes]),
    ],
  };
}

/** The Worker twice, the second time with the bare API in the place of the layer. */
async function measureWorker(): Promise<RowResult> {
  const wasmBytes = await moduleBytes();
  const whole = (await bundleBytes(WORKER)) + wasmBytes;
  const bare = await bundleBytes(WORKER, BARE);
  return {
    name: 'size-worker',
    question:
      'What does the layer add to the Worker, minified and gzipped, everything switched on?',
    input:
      "the Worker's bundle and the WASM encoder, less the same with no-op spans and metrics and a console for a log",
    notMeasured: 'names of spans and attributes, and the API, which both have',
    unit: 'B',
    variants: [
      toResult({ name: 'the Worker without it', role: 'floor' }, [bare]),
      toResult({ name: 'ours', role: 'ours' }, [whole - bare]),
    ],
  };
}

/** Of the WASM encoder. */
async function moduleBytes(): Promise<number> {
  return gzipSync(await readFile(OTLP_MODULE)).length;
}

/** Stands in for the layer's two entries. */
const BARE: BunPlugin = {
  name: 'bare',
  setup(build) {
    build.onLoad({ filter: /telemetry\/(?:create-edge-telemetry|http-server)\.ts$/ }, () => ({
      contents: `export * from ${JSON.stringify(fileURLToPath(new URL('./bare-layer.ts', import.meta.url)))};`,
      loader: 'ts',
    }));
  },
};

async function bundleBytes(entry: URL, plugin?: BunPlugin): Promise<number> {
  const { outputs, logs } = await Bun.build({
    entrypoints: [fileURLToPath(entry)],
    minify: true,
    target: 'browser',
    format: 'esm',
    conditions: ['workerd', 'worker'],
    external: ['node:*', 'cloudflare:*', '*.wasm'],
    plugins: plugin === undefined ? [] : [plugin],
  });
  const [output] = outputs;
  if (output === undefined) throw new Error(`bundle of ${entry.pathname}: ${logs.join('; ')}`);
  return gzipSync(new Uint8Array(await output.arrayBuffer())).length;
}

/** Requests as they go out, of one batch of requests served. */
async function measureWire(): Promise<RowResult> {
  const official = createOfficialTracer();
  const lean = await createLeanTracer();
  const takeBatch = ({ tracer, takeRequest }: typeof official) => {
    record(tracer);
    return new Uint8Array(takeRequest());
  };
  const officialBytes = gzipSync(takeBatch(official)).length;
  const leanBytes = (await gzip(takeBatch(lean))).length;
  return {
    name: 'size-on-the-wire',
    question: 'How many bytes has a span on the wire, protobuf gzipped as each layer does it?',
    input: `${BATCH_SPANS_COUNT} SERVER spans of 10 attributes in one request, 8 routes`,
    notMeasured: 'headers of the request',
    unit: 'B',
    variants: [
      toResult({ name: 'official', role: 'peer' }, [officialBytes / BATCH_SPANS_COUNT]),
      toResult({ name: 'lean', role: 'ours' }, [leanBytes / BATCH_SPANS_COUNT]),
    ],
  };
}

function record(tracer: Tracer): void {
  for (let count = 0; count < BATCH_SPANS_COUNT; count += 1) {
    const route = `/api/route-${count % 8}`;
    const attributes = {
      'http.request.method': 'GET',
      'url.path': route,
      'http.route': route,
      'url.scheme': 'https',
      'server.address': 'api.example.test',
      'server.port': 443,
      'http.response.status_code': 200,
      'user_agent.original': 'bench/1.0',
      'http.response.body.size': 1_000 + (count % 100),
      'cache.hit': count % 3 === 0,
    };
    tracer.startSpan(`GET ${route}`, { kind: SpanKind.SERVER, attributes }, ROOT_CONTEXT).end();
  }
}
