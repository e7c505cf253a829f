/** Runs on Node: one span through the whole layer, compressed. Says what arrived as one line of JSON. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import process from 'node:process';
import { gunzipSync } from 'node:zlib';
import { createTelemetry } from '../../../src/telemetry/create-telemetry.ts';

const requests: { readonly isFetch: boolean; readonly encoding: unknown; readonly body: Buffer }[] =
  [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { headers } = request;
  // A `fetch` of Node always says its mode (Fetch Metadata); a request of `node:http` does not.
  const isFetch = headers['sec-fetch-mode'] !== undefined;
  requests.push({ isFetch, encoding: headers['content-encoding'], body: Buffer.concat(chunks) });
  response.writeHead(200, { 'content-length': '0' }).end();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('BUG: no TCP address');

const telemetry = createTelemetry({
  serviceName: 'on-node',
  env: {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${address.port}/v1/traces`,
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_TRACES_SAMPLER: 'always_on',
  },
});
telemetry.tracer.startSpan('told on node').end();
await telemetry.flush();
await telemetry.shutdown();
const { exportedCount } = telemetry.health();
const seen = requests.map(({ isFetch, encoding, body }) => ({
  isFetch,
  encoding,
  hasSpan: gunzipSync(body).includes('told on node'),
}));
process.stdout.write(`${JSON.stringify({ exportedCount, seen })}\n`);
server.close();
