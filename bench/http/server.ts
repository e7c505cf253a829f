/**
 * The server under load, a process of its own: `server.ts VARIANT COLLECTOR_URL`. Says its port on standard output as a
 * line of JSON, then answers every line on standard input with the CPU time it has used so far, microseconds. Ends with
 * its standard input.
 */

import process from 'node:process';
import { createInterface } from 'node:readline';
import { createTelemetry } from '../../src/telemetry/create-telemetry.ts';
import { loadOtlpModule } from '../../src/telemetry/lean/load-file.ts';
import { createHandler, type Handler } from './variants.ts';

const [variant = '', collectorUrl = ''] = process.argv.slice(2);

const say = (value: object): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};

/** The members of Deno that are used. */
interface DenoLike {
  serve(
    options: { readonly hostname: string; readonly port: number; readonly onListen: () => void },
    handler: Handler,
  ): { readonly addr: { readonly port: number } };
}

async function listen(fetch: Handler): Promise<number> {
  if (process.versions.bun !== undefined) {
    return Bun.serve({ hostname: '127.0.0.1', port: 0, fetch }).port ?? 0;
  }
  const { Deno } = globalThis as { readonly Deno?: DenoLike };
  if (Deno !== undefined) {
    const options = { hostname: '127.0.0.1', port: 0, onListen: () => {} };
    return Deno.serve(options, fetch).addr.port;
  }
  const { serve } = await import('@hono/node-server');
  const options = { fetch, hostname: '127.0.0.1', port: 0 };
  return new Promise((resolve) => void serve(options, ({ port }) => resolve(port)));
}

const otlpModule = await loadOtlpModule();
const createLayer = (options: Parameters<typeof createTelemetry>[0]) =>
  createTelemetry({ ...options, otlpModule });

say({ port: await listen(createHandler(variant, { collectorUrl, createLayer })) });
for await (const _line of createInterface({ input: process.stdin })) {
  const { user, system } = process.cpuUsage();
  say({ cpuUs: user + system });
}
process.exit(0);
