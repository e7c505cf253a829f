/** What a backend may answer, and what an exporter makes of it. */

import type { ExportAccounts } from '../../../src/telemetry/export/accounts.ts';
import type { OtlpTransportOptions } from '../../../src/telemetry/export/transport-options.ts';
import { encodePartialSuccess } from '../../support/otlp-proto.ts';
import type { FaultReply } from './fault-server.ts';

export interface FaultRow {
  readonly title: string;
  readonly replies: readonly FaultReply[];
  readonly options?: Partial<OtlpTransportOptions>;
  /** When each request left, milliseconds from the start. */
  readonly attemptsMs: readonly number[];
  readonly exported?: number;
  readonly rejected?: number;
  readonly dropped?: ExportAccounts['droppedCounts'];
  /** Part of the outcome's message; null for none. */
  readonly message: string | null;
}

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const answer = (
  status: number,
  headers: Readonly<Record<string, string>> = PROTOBUF,
  body: string | Uint8Array = '',
): FaultReply => ({ kind: 'answer', status, headers, body });
const partial = (rejectedCount: number, message: string, asJson = false) =>
  encodePartialSuccess('traces', rejectedCount, message, asJson);
/** 1,000 ms, growing by half each time, as long as the deadline of 10 s is not reached. */
const BACKOFF_MS = [0, 1_000, 2_500, 4_750, 8_125];
/** The fake clock starts at 1,700,000,000,000 ms. */
const IN_FOUR_SECONDS = new Date(1_700_000_004_000).toUTCString();

export const FAULT_ROWS: readonly FaultRow[] = [
  { title: '200', replies: [answer(200)], attemptsMs: [0], exported: 5, message: null },
  {
    title: '200 without a content type',
    replies: [answer(200, {})],
    attemptsMs: [0],
    exported: 5,
    message: null,
  },
  { title: '202', replies: [answer(202)], attemptsMs: [0], exported: 5, message: null },
  {
    title: '200 with a partial success is counted and not retried',
    replies: [answer(200, PROTOBUF, partial(2, 'two too old'))],
    attemptsMs: [0],
    exported: 3,
    rejected: 2,
    message: 'two too old',
  },
  {
    title: '200 with a partial success in JSON',
    replies: [answer(200, { 'content-type': 'application/json' }, partial(2, 'old', true))],
    options: { format: 'json' },
    attemptsMs: [0],
    exported: 3,
    rejected: 2,
    message: 'old',
  },
  {
    title: '200 with a partial success of none rejected is a warning',
    replies: [answer(200, PROTOBUF, partial(0, 'use the new endpoint'))],
    attemptsMs: [0],
    exported: 5,
    message: 'use the new endpoint',
  },
  {
    title: '200 that claims to reject more than was sent',
    replies: [answer(200, PROTOBUF, partial(99, 'all'))],
    attemptsMs: [0],
    rejected: 5,
    message: 'all',
  },
  ...[400, 401, 403, 404, 405, 408, 413, 415, 422, 500, 501, 505].map(
    (status): FaultRow => ({
      title: `${status} is final`,
      replies: [answer(status), answer(200)],
      attemptsMs: [0],
      rejected: 5,
      message: `HTTP ${status}`,
    }),
  ),
  ...[429, 502, 503, 504].map(
    (status): FaultRow => ({
      title: `${status} is retried with backoff until it is over`,
      replies: [answer(status), answer(status), answer(200)],
      attemptsMs: [0, 1_000, 2_500],
      exported: 5,
      message: null,
    }),
  ),
  ...[429, 502, 503, 504].map(
    (status): FaultRow => ({
      title: `${status} without end is given up before the deadline`,
      replies: [answer(status)],
      attemptsMs: BACKOFF_MS,
      dropped: { unavailable: 5 },
      message: `HTTP ${status}`,
    }),
  ),
  {
    title: '429 with Retry-After in seconds',
    replies: [answer(429, { 'retry-after': '3' }), answer(200)],
    attemptsMs: [0, 3_000],
    exported: 5,
    message: null,
  },
  {
    title: '429 with Retry-After of nothing',
    replies: [answer(429, { 'retry-after': '0' }), answer(200)],
    attemptsMs: [0, 0],
    exported: 5,
    message: null,
  },
  {
    title: '429 with Retry-After as a date',
    replies: [answer(429, { 'retry-after': IN_FOUR_SECONDS }), answer(200)],
    attemptsMs: [0, 4_000],
    exported: 5,
    message: null,
  },
  {
    title: '503 with an unreadable Retry-After falls back to backoff',
    replies: [answer(503, { 'retry-after': 'soon' }), answer(200)],
    attemptsMs: [0, 1_000],
    exported: 5,
    message: null,
  },
  {
    title: 'a Retry-After just inside the deadline is waited for',
    replies: [answer(503, { 'retry-after': '9' }), answer(200)],
    attemptsMs: [0, 9_000],
    exported: 5,
    message: null,
  },
  {
    title: 'a Retry-After at the deadline is not',
    replies: [answer(503, { 'retry-after': '10' }), answer(200)],
    attemptsMs: [0],
    dropped: { unavailable: 5 },
    message: 'HTTP 503',
  },
  {
    title: 'a hang ends at the deadline',
    replies: [{ kind: 'hang' }],
    attemptsMs: [0],
    dropped: { timeout: 5 },
    message: 'no answer within 10000 ms',
  },
  {
    title: 'a hang after a retry ends at the same deadline',
    replies: [answer(503), { kind: 'hang' }],
    attemptsMs: [0, 1_000],
    dropped: { timeout: 5 },
    message: 'no answer within 10000 ms',
  },
  {
    title: 'a slow drip ends at the deadline',
    replies: [{ kind: 'drip' }],
    attemptsMs: [0],
    dropped: { timeout: 5 },
    message: 'no answer within 10000 ms',
  },
  {
    title: 'a reset is retried',
    replies: [{ kind: 'reset' }, answer(200)],
    attemptsMs: [0, 1_000],
    exported: 5,
    message: null,
  },
  {
    title: 'a reset in the middle of the answer is retried',
    replies: [{ kind: 'reset_in_body' }, answer(200)],
    attemptsMs: [0, 1_000],
    exported: 5,
    message: null,
  },
  {
    title: 'resets without end are given up before the deadline',
    replies: [{ kind: 'reset' }],
    attemptsMs: BACKOFF_MS,
    dropped: { network: 5 },
    message: 'connection failed',
  },
  {
    title: 'an answer of 5 MiB is final',
    replies: [answer(200, PROTOBUF, new Uint8Array(5 * 1024 * 1024))],
    attemptsMs: [0],
    dropped: { response_too_large: 5 },
    message: 'over 4194304 bytes',
  },
  {
    title: 'a redirect is not followed',
    replies: [answer(307, { location: '/elsewhere' }), answer(200)],
    attemptsMs: [0],
    rejected: 5,
    message: 'redirect',
  },
  {
    title: 'a web page for an answer is a refusal',
    replies: [answer(200, { 'content-type': 'text/html; charset=utf-8' }, '<h1>Sign in</h1>')],
    attemptsMs: [0],
    rejected: 5,
    message: 'web page',
  },
  {
    title: 'an answer of another content type is a success with a remark',
    replies: [answer(200, { 'content-type': 'text/plain' }, 'ok')],
    attemptsMs: [0],
    exported: 5,
    message: 'answer is not application/x-protobuf',
  },
  {
    title: 'an answer in JSON to a request in protobuf is understood',
    replies: [answer(200, { 'content-type': 'application/json' }, partial(1, 'one', true))],
    attemptsMs: [0],
    exported: 4,
    rejected: 1,
    message: 'one',
  },
  {
    title: 'an answer that is no protobuf is a success with a remark',
    replies: [answer(200, PROTOBUF, new Uint8Array([0x0a, 0xff]))],
    attemptsMs: [0],
    exported: 5,
    message: 'answer is not application/x-protobuf',
  },
];
