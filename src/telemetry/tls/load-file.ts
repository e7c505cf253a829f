/**
 * Requests with certificates from files, for `OTEL_EXPORTER_OTLP_…CERTIFICATE` and `…CLIENT_KEY`: Bun and Deno by their
 * `fetch`, Node by `node:https`. Workers have no files.
 */

import { readFileSync } from 'node:fs';
import type { TlsFiles } from '../config-signals.ts';
import type { FetchFunction } from '../export/post.ts';
import { type Certificates, openNodeFetch } from '../node/node-fetch.ts';

/** The member of Deno's namespace that is used. */
interface DenoHttp {
  createHttpClient(options: { caCerts?: string[]; cert?: string; key?: string }): object;
}

/** @throws {Error} when a file cannot be read, or this runtime's `fetch` takes no certificates. */
export function loadTlsFetch(files: TlsFiles): FetchFunction {
  const certificates: Certificates = {
    ca: readPem(files.certificate),
    cert: readPem(files.clientCertificate),
    key: readPem(files.clientKey),
  };
  const { Bun: bun, Deno: deno } = globalThis as {
    readonly Bun?: object;
    readonly Deno?: DenoHttp;
  };
  if (bun !== undefined) return createBunFetch(certificates);
  if (deno !== undefined) return createDenoFetch(deno, certificates);
  return openNodeFetch(certificates);
}

function readPem(path: string | null): string | null {
  return path === null ? null : readFileSync(path, 'utf8');
}

function createBunFetch({ ca, cert, key }: Certificates): FetchFunction {
  const tls = {
    ...(ca === null ? {} : { ca }),
    ...(cert === null ? {} : { cert }),
    ...(key === null ? {} : { key }),
  };
  return (url, init) => fetch(url, { ...init, tls } as RequestInit);
}

function createDenoFetch(deno: DenoHttp, { ca, cert, key }: Certificates): FetchFunction {
  const client = deno.createHttpClient({
    ...(ca === null ? {} : { caCerts: [ca] }),
    ...(cert === null ? {} : { cert }),
    ...(key === null ? {} : { key }),
  });
  return (url, init) => fetch(url, { ...init, client } as RequestInit);
}
