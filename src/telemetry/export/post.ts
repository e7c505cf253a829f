/** One attempt: sends a request and says what the answer means. Waiting and counting are left to the caller. */

import { context } from '@opentelemetry/api';
import { toErrorType } from '../exceptions.ts';
import { suppressTracing } from '../suppression.ts';
import { type OtlpFormat, type OtlpSignal, toContentType } from './export-batch.ts';
import {
  type PartialSuccess,
  parseJsonResponse,
  parseProtobufResponse,
} from './export-response.ts';
import { type AnswerBody, discardBody, readCapped } from './read-capped.ts';
import { isRetryableStatus, parseRetryAfterMs } from './retry.ts';

/** What is sent. */
export interface PostInit {
  readonly method: 'POST';
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/** The members of a `Response` that are used. */
export interface PostAnswer {
  readonly status: number;
  /** `opaqueredirect`: some runtimes hide the status of a redirect. */
  readonly type?: string;
  readonly headers: { get(name: string): string | null };
  /** After decompression. */
  readonly body: AnswerBody | null;
}

/** The part of `fetch` that is used; a Worker may pass a binding's. */
export type FetchFunction = (url: string, init: PostInit) => Promise<PostAnswer>;

export interface PostRequest {
  readonly signal: OtlpSignal;
  readonly format: OtlpFormat;
  readonly url: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly maxResponseBytes: number;
  readonly fetch: FetchFunction;
  /** Wall time, for a `Retry-After` that is a date. */
  readonly nowMs: () => number;
  readonly abort: AbortSignal;
}

export type PostResult =
  | { readonly kind: 'accepted'; readonly rejectedCount: number; readonly message: string | null }
  /** Final: the backend will not take this request, however often it is sent. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'disconnected'; readonly message: string }
  | { readonly kind: 'response_too_large'; readonly message: string };

/** Longest backend message that is passed on, in characters. */
const MAX_MESSAGE_CHARS = 200;

/** Never throws: what goes wrong on the way is `disconnected`. */
export async function post(request: PostRequest): Promise<PostResult> {
  try {
    const response = await send(request);
    return response.status >= 200 && response.status < 300 && response.type !== 'opaqueredirect'
      ? await readAnswer(request, response)
      : readFailure(request, response);
  } catch (error) {
    // The kind of failure only: messages of network errors carry the URL, which may carry a key.
    return { kind: 'disconnected', message: `connection failed (${toErrorType(error)})` };
  }
}

/** The exporter's own requests are not traced: they would make spans that make requests. */
function send(request: PostRequest): Promise<PostAnswer> {
  return context.with(suppressTracing(context.active()), () =>
    request.fetch(request.url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      redirect: 'manual',
      signal: request.abort,
    }),
  );
}

function readFailure(request: PostRequest, response: PostAnswer): PostResult {
  discardBody(response);
  const { status } = response;
  if (isRetryableStatus(status)) {
    const retryAfterMs = parseRetryAfterMs(response.headers.get('retry-after'), request.nowMs());
    return { kind: 'unavailable', message: `HTTP ${status}`, retryAfterMs };
  }
  const isRedirect = response.type === 'opaqueredirect' || (status >= 300 && status < 400);
  const remark = isRedirect ? ', a redirect, which is not followed: set the final endpoint' : '';
  return { kind: 'refused', message: `HTTP ${status}${remark}` };
}

async function readAnswer(request: PostRequest, response: PostAnswer): Promise<PostResult> {
  const body = await readCapped(response, request.maxResponseBytes);
  if (body === null) {
    const message = `HTTP ${response.status} with an answer over ${request.maxResponseBytes} bytes`;
    return { kind: 'response_too_large', message };
  }
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === 'text/html') {
    // A login or proxy page says 200 as well, and has kept nothing.
    return { kind: 'refused', message: `HTTP ${response.status} with a web page for an answer` };
  }
  const partial = parseAnswer(request, type ?? '', body);
  if (partial !== null) return toAccepted(partial);
  const message = `answer is not ${toContentType(request.format)} of this signal`;
  return { kind: 'accepted', rejectedCount: 0, message };
}

/** An answer may come in the other encoding than was asked in; its content type decides, an empty one is a success. */
function parseAnswer(
  request: PostRequest,
  type: string,
  body: Uint8Array<ArrayBuffer>,
): PartialSuccess | null {
  const isJson = type === 'application/json' || (type === '' && request.format === 'json');
  if (isJson) return parseJsonResponse(request.signal, new TextDecoder().decode(body));
  const isProtobuf = type === 'application/x-protobuf' || type === '' || body.length === 0;
  return isProtobuf ? parseProtobufResponse(body) : null;
}

function toAccepted({ rejectedCount, message }: PartialSuccess): PostResult {
  const text = message.slice(0, MAX_MESSAGE_CHARS);
  const remark = rejectedCount > 0 ? `partial success: ${text}` : text;
  return {
    kind: 'accepted',
    rejectedCount: Math.max(0, rejectedCount),
    message: remark === '' ? null : remark,
  };
}
