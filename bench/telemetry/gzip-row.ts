/** Compression of one export: what a span costs on its way into a gzip body. */

import { gunzipSync, gzip as zlibGzip } from 'node:zlib';
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { gzip, gzipByStream } from '../../src/telemetry/export/compress.ts';
import type { BenchRow, BenchVariant } from '../bench.ts';
import { BATCH_SPANS_COUNT, createLeanTracer } from './tracers.ts';

type Compress = (body: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

/** As Node's transport of the official exporter has it: beside the event loop, at zlib's own level 6. */
const gzipByDefault: Compress = (body) =>
  new Promise((resolve, reject) => {
    zlibGzip(body, (error, compressed) => (error === null ? resolve(compressed) : reject(error)));
  });

export async function createGzipRow(): Promise<BenchRow> {
  const body = await createBody();
  const variant = (name: string, role: BenchVariant['role'], compress: Compress): BenchVariant => ({
    name,
    role,
    run: () => compress(body),
    answer: async () => gunzipSync(await compress(body)).toString('hex'),
  });
  return {
    name: 'gzip',
    question: 'What does compressing an export cost a span?',
    input: `one request of ${BATCH_SPANS_COUNT} SERVER spans of 7 attributes with random ids`,
    notMeasured: 'bytes on the wire: row size-on-the-wire',
    operationsCount: BATCH_SPANS_COUNT,
    isAsync: true,
    variants: [
      variant('zlib, level 6', 'peer', gzipByDefault),
      variant('CompressionStream', 'peer', gzipByStream),
      variant('ours', 'ours', gzip),
    ],
  };
}

/** Random ids make compression harder than any other part of a span: they are what it is made of in the end. */
async function createBody(): Promise<Uint8Array<ArrayBuffer>> {
  const { tracer, takeRequest } = await createLeanTracer();
  for (let count = 0; count < BATCH_SPANS_COUNT; count += 1) {
    const attributes = {
      'http.request.method': 'GET',
      'url.path': `/api/opportunities/${count % 8}`,
      'url.scheme': 'https',
      'server.address': 'api.example.test',
      'user_agent.original': 'bench/1.0',
      'http.response.status_code': 200,
      'http.response.body.size': 1_000 + (count % 100),
    };
    const options = { kind: SpanKind.SERVER, attributes };
    tracer.startSpan('GET /api/opportunities/:id', options, ROOT_CONTEXT).end();
  }
  return new Uint8Array(takeRequest());
}
