import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRuntime } from '../../bench/runtimes.ts';
import type { TlsFiles } from '../../src/telemetry/index.ts';
import { loadTlsFetch } from '../../src/telemetry/tls/load-file.ts';
import { denoPath } from '../support/deno.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { requirement } from '../support/requirement.ts';
import { createTestTelemetry } from './support.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const hasOpenssl = requirement('openssl', Bun.which('openssl') !== null);
const node = findRuntime('node')?.[0] ?? null;
const hasNode = requirement('node', node !== null);
const hasDeno = requirement('deno', denoPath !== null);

let folder: string;
let server: ReturnType<typeof Bun.serve> | null = null;
let requestsCount = 0;

const inFolder = (name: string) => join(folder, name);

/** An authority, and a key with a certificate of it for `name`. */
function certify(name: string, subject: string): void {
  const openssl = (...options: string[]) =>
    execFileSync('openssl', options, { cwd: folder, stdio: 'ignore' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', ...curve, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject);
  openssl(
    ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key'],
    ...['-CAcreateserial', '-days', '2', '-out', `${name}.pem`, '-extfile', 'names.cnf'],
  );
}

beforeAll(async () => {
  if (!hasOpenssl) return;
  folder = await mkdtemp(join(tmpdir(), 'spreadscope-tls-'));
  await Bun.write(inFolder('names.cnf'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test authority'],
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  certify('server', '/CN=localhost');
  certify('client', '/CN=client');
  server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    tls: {
      key: await readFile(inFolder('server.key'), 'utf8'),
      cert: await readFile(inFolder('server.pem'), 'utf8'),
      ca: await readFile(inFolder('ca.pem'), 'utf8'),
      requestCert: true,
      rejectUnauthorized: true,
    },
    fetch: () => {
      requestsCount += 1;
      return new Response();
    },
  });
});

afterAll(async () => {
  await server?.stop(true);
  if (hasOpenssl) await rm(folder, { recursive: true, force: true });
});

const url = () => `https://localhost:${server?.port}`;

describe.skipIf(!hasOpenssl)('certificates of an OTLP destination', () => {
  const variables = () => ({
    OTEL_EXPORTER_OTLP_CERTIFICATE: inFolder('ca.pem'),
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: inFolder('client.pem'),
    OTEL_EXPORTER_OTLP_CLIENT_KEY: inFolder('client.key'),
  });

  test('are shown, and the server is trusted by its authority', async () => {
    const telemetry = createTestTelemetry(url(), variables(), { loadTlsFetch });
    telemetry.tracer.startSpan('over tls').end();
    await telemetry.flush();
    expect(telemetry.health()).toMatchObject({ exportedCount: 1, droppedCounts: {} });
    expect(requestsCount).toBe(1);
    await telemetry.shutdown();
  });

  test('are needed: without them nothing arrives, and that is counted', async () => {
    const env = { OTEL_EXPORTER_OTLP_TIMEOUT: '300' };
    const telemetry = createTestTelemetry(url(), env, { loadTlsFetch });
    telemetry.tracer.startSpan('refused').end();
    await telemetry.shutdown();
    const { exportedCount, rejectedCount, droppedCounts } = telemetry.health();
    const lostCount = Object.values(droppedCounts).reduce((sum, count) => sum + count, 0);
    expect([exportedCount, rejectedCount, lostCount]).toEqual([0, 0, 1]);
  });

  test('that cannot be read are one warning by name, without the path', async () => {
    const env = { OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere/secret-place.pem' };
    const telemetry = createTestTelemetry(url(), env, { loadTlsFetch });
    const warnings = telemetry.lines.filter(({ level }) => level === 'warn');
    expect(warnings.length).toBe(1);
    expect(String(warnings[0]?.['message'])).toStartWith('OTEL_EXPORTER_OTLP_CERTIFICATE');
    expect(JSON.stringify(telemetry.lines)).not.toContain('secret-place');
    await telemetry.shutdown();
  });

  const module = new URL('../../src/telemetry/tls/load-file.ts', import.meta.url).href;
  const toProgram = () => {
    const files: TlsFiles = {
      certificate: inFolder('ca.pem'),
      clientCertificate: inFolder('client.pem'),
      clientKey: inFolder('client.key'),
    };
    return `const { loadTlsFetch } = await import(${JSON.stringify(module)});
      const init = { method: 'POST', headers: new Headers(), body: new Uint8Array(1) };
      const response = await loadTlsFetch(${JSON.stringify(files)})(${JSON.stringify(url())}, init);
      console.log(response.status);`;
  };

  test.skipIf(!hasDeno)('are shown on Deno too', () => {
    const asked = Bun.spawn([denoPath ?? 'deno', 'eval', toProgram()], { stdout: 'pipe' });
    return expect(new Response(asked.stdout).text()).resolves.toBe('200\n');
  });

  test.skipIf(!hasNode)('are shown on Node too', () => {
    const options = ['--input-type=module', '--eval', toProgram()];
    const asked = Bun.spawn([node ?? 'node', ...options], { stdout: 'pipe' });
    return expect(new Response(asked.stdout).text()).resolves.toBe('200\n');
  });
});

test('without the part that reads them, certificates are ignored by name', async () => {
  const env = { OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: '/etc/ca.pem' };
  const telemetry = createTestTelemetry('http://127.0.0.1:9', env);
  expect(telemetry.lines.map(({ message }) => message)).toEqual([
    'OTEL_EXPORTER_OTLP_CERTIFICATE, CLIENT_CERTIFICATE and CLIENT_KEY are ignored: this program was built without certificates',
  ]);
  await telemetry.shutdown();
});
