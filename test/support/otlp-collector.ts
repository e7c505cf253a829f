/** A real local OTLP/HTTP receiver for tests: gzip, protobuf and JSON, decoded strictly, with scripted faults. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import {
  decodeOtlpJson,
  decodeOtlpProtobuf,
  encodePartialSuccess,
  OTLP_SIGNALS,
  type OtlpMessage,
  type OtlpSignal,
} from './otlp-proto.ts';
import {
  type CollectedLog,
  type CollectedMetric,
  type CollectedSpan,
  type SpanTree,
  toLogs,
  toMetrics,
  toSpans,
  toTrees,
} from './otlp-records.ts';
import { WAIT_MS } from './patience.ts';

/** What the next request gets instead of a plain 200; used once. */
export interface ScriptedReply {
  /** Only for this signal; any when absent. */
  readonly signal?: OtlpSignal;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Answered after this many milliseconds. */
  readonly delayMs?: number;
  /** `hang`: no answer, ever; `reset`: the connection is cut before an answer; `reset_in_body`: after half of it. */
  readonly fault?: 'hang' | 'reset' | 'reset_in_body';
  /** Status 200 with a partial success; that many of the last records are not kept. */
  readonly partialSuccess?: { readonly rejectedCount: number; readonly message: string };
}

export interface CollectedRequest {
  readonly signal: OtlpSignal;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it came, still compressed. */
  readonly rawBody: Uint8Array;
  readonly encoding: 'protobuf' | 'json';
  readonly receivedAtMs: number;
  readonly status: number | 'hang' | 'reset' | 'reset_in_body';
  /** Null when it could not be decoded. */
  readonly message: OtlpMessage | null;
  readonly decodeError: string | null;
}

export interface OtlpCollector {
  /** Base URL, without the signal's path: the value of `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  /** Every request, accepted or not. */
  readonly requests: readonly CollectedRequest[];
  /** Records of accepted requests, in order of arrival. */
  spans(): readonly CollectedSpan[];
  logs(): readonly CollectedLog[];
  metrics(): readonly CollectedMetric[];
  /** Trees of all accepted spans, by trace id. */
  toTrees(): ReadonlyMap<string, readonly SpanTree[]>;
  /** @throws {Error} listing what did arrive, when `predicate` is not true within `timeoutMs` (`WAIT_MS`). */
  waitForSpans(
    predicate: (spans: readonly CollectedSpan[]) => boolean,
    timeoutMs?: number,
  ): Promise<readonly CollectedSpan[]>;
  waitForRequests(
    predicate: (requests: readonly CollectedRequest[]) => boolean,
    timeoutMs?: number,
  ): Promise<readonly CollectedRequest[]>;
  /** Queues replies for the next requests, in order. */
  script(...replies: readonly ScriptedReply[]): void;
  /** Forgets requests, records and scripted replies. */
  clear(): void;
  close(): Promise<void>;
}

interface State {
  requests: CollectedRequest[];
  spans: CollectedSpan[];
  logs: CollectedLog[];
  metrics: CollectedMetric[];
  replies: ScriptedReply[];
  readonly listeners: Set<() => void>;
}

/** Starts a collector on a free port, or on `port`. */
export async function createOtlpCollector(port = 0): Promise<OtlpCollector> {
  const state: State = {
    requests: [],
    spans: [],
    logs: [],
    metrics: [],
    replies: [],
    listeners: new Set(),
  };
  const server = createServer((request, response) => void receive(state, request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('BUG: no TCP address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    get requests() {
      return state.requests;
    },
    spans: () => state.spans,
    logs: () => state.logs,
    metrics: () => state.metrics,
    toTrees: () => toTrees(state.spans),
    waitForSpans: (predicate, timeoutMs) =>
      waitFor(state, () => state.spans, predicate, describeSpans, timeoutMs),
    waitForRequests: (predicate, timeoutMs) =>
      waitFor(state, () => state.requests, predicate, describeRequests, timeoutMs),
    script: (...replies) => void state.replies.push(...replies),
    clear: () => {
      Object.assign(state, { requests: [], spans: [], logs: [], metrics: [], replies: [] });
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function receive(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const rawBody = await readBody(request);
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const signal = OTLP_SIGNALS.find((candidate) => path.endsWith(`/v1/${candidate}`));
  if (rawBody === null) return;
  if (signal === undefined || request.method !== 'POST') {
    response.writeHead(404).end();
    return;
  }
  const reply = takeReply(state, signal);
  const type = request.headers['content-type'] ?? '';
  const encoding = type.startsWith('application/json') ? 'json' : 'protobuf';
  const isKnownType = encoding === 'json' || type === 'application/x-protobuf';
  const { message, decodeError } = decode(signal, encoding, request, rawBody);
  const refusal = isKnownType ? (decodeError === null ? 200 : 400) : 415;
  const status = reply.fault ?? reply.status ?? refusal;
  if (message !== null && typeof status === 'number' && status < 300) {
    keep(state, signal, message, reply.partialSuccess?.rejectedCount ?? 0);
  }
  state.requests.push({
    signal,
    path,
    headers: request.headers,
    rawBody,
    encoding,
    receivedAtMs: Date.now(),
    status,
    message,
    decodeError,
  });
  for (const listener of [...state.listeners]) listener();
  const body = replyBody(reply, signal, encoding === 'json', decodeError);
  if (reply.delayMs === undefined) answer(response, reply, status, type, body);
  else setTimeout(() => answer(response, reply, status, type, body), reply.delayMs);
}

async function readBody(request: IncomingMessage): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
  } catch {
    return null; // The sender went away in the middle of its request.
  }
  return Uint8Array.from(Buffer.concat(chunks));
}

function takeReply(state: State, signal: OtlpSignal): ScriptedReply {
  const index = state.replies.findIndex((reply) => (reply.signal ?? signal) === signal);
  return index < 0 ? {} : (state.replies.splice(index, 1)[0] ?? {});
}

function decode(
  signal: OtlpSignal,
  encoding: 'protobuf' | 'json',
  request: IncomingMessage,
  rawBody: Uint8Array,
): Pick<CollectedRequest, 'message' | 'decodeError'> {
  try {
    const isGzip = request.headers['content-encoding'] === 'gzip';
    const bytes = isGzip ? Uint8Array.from(gunzipSync(rawBody)) : rawBody;
    const message =
      encoding === 'json'
        ? decodeOtlpJson(signal, new TextDecoder('utf-8', { fatal: true }).decode(bytes))
        : decodeOtlpProtobuf(signal, bytes);
    return { message, decodeError: null };
  } catch (error) {
    return { message: null, decodeError: String(error) };
  }
}

function keep(state: State, signal: OtlpSignal, message: OtlpMessage, rejectedCount: number): void {
  const without = <Row>(rows: readonly Row[]) => rows.slice(0, rows.length - rejectedCount);
  if (signal === 'traces') state.spans.push(...without(toSpans(message)));
  if (signal === 'logs') state.logs.push(...without(toLogs(message)));
  if (signal === 'metrics') state.metrics.push(...without(toMetrics(message)));
}

function replyBody(
  reply: ScriptedReply,
  signal: OtlpSignal,
  asJson: boolean,
  decodeError: string | null,
): string | Uint8Array {
  if (reply.partialSuccess !== undefined) {
    const { rejectedCount, message } = reply.partialSuccess;
    return encodePartialSuccess(signal, rejectedCount, message, asJson);
  }
  return reply.body ?? decodeError ?? (asJson ? '{}' : '');
}

function answer(
  response: ServerResponse,
  reply: ScriptedReply,
  status: CollectedRequest['status'],
  contentType: string,
  body: string | Uint8Array,
): void {
  if (status === 'hang') return;
  if (status === 'reset') {
    response.socket?.destroy();
    return;
  }
  if (status === 'reset_in_body') {
    response.writeHead(200, { 'content-type': contentType, 'content-length': '1000' });
    response.write('x'.repeat(500), () => response.socket?.destroy());
    return;
  }
  response.writeHead(status, { 'content-type': contentType, ...reply.headers }).end(body);
}

function waitFor<Row>(
  state: State,
  rows: () => readonly Row[],
  predicate: (rows: readonly Row[]) => boolean,
  describe: (rows: readonly Row[]) => string,
  timeoutMs = WAIT_MS,
): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      state.listeners.delete(check);
      settle();
    };
    const check = () => {
      if (predicate(rows())) finish(() => resolve(rows()));
    };
    const timer = setTimeout(() => {
      const arrived = describe(rows());
      finish(() =>
        reject(new Error(`not within ${timeoutMs} ms; arrived: ${arrived || 'nothing'}`)),
      );
    }, timeoutMs);
    state.listeners.add(check);
    check();
  });
}

function describeSpans(spans: readonly CollectedSpan[]): string {
  return spans.map((span) => span.name).join(', ');
}

function describeRequests(requests: readonly CollectedRequest[]): string {
  return requests
    .map((request) => `${request.signal} ${request.status} ${request.decodeError ?? ''}`.trim())
    .join(', ');
}
