/**
 * What the W3C suite (`w3c/trace-context`, `test/test.py`, level 2, strict) asks, case by case under its names, of the
 * service as it is started for it: a process of its own, and headers over raw sockets.
 */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import { rawPost } from '../../support/raw-post.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const SERVICE = fileURLToPath(new URL('../../support/trace-context-service.ts', import.meta.url));
const TRACE = '12345678901234567890123456789012';
const PARENT = '1234567890123456';
const VALID = `00-${TRACE}-${PARENT}-01`;
const UNSAMPLED = `traceparent: 00-${TRACE}-${PARENT}-00`;

let port: number;
let service: ReturnType<typeof Bun.spawn>;
const received: Headers[] = [];
const target = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: (request) => {
    received.push(request.headers);
    return Response.json(null);
  },
});

beforeAll(async () => {
  port = await freePort();
  const env = { ...process.env, PORT: String(port) };
  service = Bun.spawn([process.execPath, SERVICE], { env, stdout: 'ignore', stderr: 'inherit' });
  const answer = () => rawPost(port, '/test', [], '[]');
  expect(await eventually('the service listens', answer)).toBe('HTTP/1.1 200 OK');
});

afterAll(async () => {
  service.kill();
  await service.exited;
  await target.stop(true);
});

interface Outgoing {
  readonly traceId: string;
  readonly parentId: string;
  readonly flags: string;
  readonly tracestate: string | null;
}

/** Each call that the service made has one valid `traceparent`. */
async function call(lines: readonly string[], count = 1): Promise<readonly Outgoing[]> {
  received.length = 0;
  const calls = Array.from({ length: count }, () => ({ url: target.url.href, arguments: [] }));
  expect(await rawPost(port, '/test', lines, JSON.stringify(calls))).toBe('HTTP/1.1 200 OK');
  expect(received.length).toBe(count);
  return received.map((headers) => {
    const traceparent = headers.get('traceparent') ?? '';
    expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
    const [, traceId = '', parentId = '', flags = ''] = traceparent.split('-');
    expect([traceId, parentId]).not.toContain('0'.repeat(traceId.length));
    return { traceId, parentId, flags, tracestate: headers.get('tracestate') };
  });
}

async function callOnce(lines: readonly string[]): Promise<Outgoing> {
  const [only] = await call(lines);
  if (only === undefined) throw new Error('BUG: no call');
  return only;
}

/** `traceparent` values that continue the trace. */
const CONTINUED: Readonly<Record<string, readonly string[]>> = {
  traceparent_included_tracestate_missing: [`traceparent: ${VALID}`],
  traceparent_header_name_valid_casing: [
    `TraceParent: ${VALID}`,
    `TrAcEpArEnT: ${VALID}`,
    `TRACEPARENT: ${VALID}`,
  ],
  traceparent_version_0xcc: [
    `traceparent: cc-${TRACE}-${PARENT}-01`,
    `traceparent: cc-${TRACE}-${PARENT}-01-what-the-future-will-be-like`,
  ],
  traceparent_ows_handling: [
    `traceparent:  ${VALID}`,
    `traceparent: \t${VALID}`,
    `traceparent: ${VALID} `,
    `traceparent: ${VALID}\t`,
    `traceparent:\t ${VALID} \t`,
    `traceparent:${VALID}`,
  ],
};

/** Fields after which a new trace begins. */
const RESTARTED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  both_traceparent_and_tracestate_missing: [[]],
  traceparent_duplicated: [
    [`traceparent: 00-${TRACE.slice(0, -1)}1-${PARENT}-01`, `traceparent: ${VALID}`],
    [`traceparent: ${VALID}`, `traceparent: ${VALID}`],
    [`traceparent: ${VALID}`, 'traceparent:'],
  ],
  traceparent_header_name: [[`trace-parent: ${VALID}`], [`trace.parent: ${VALID}`]],
  traceparent_version_0x00: [
    [`traceparent: ${VALID}.`],
    [`traceparent: ${VALID}-what-the-future-will-be-like`],
  ],
  traceparent_version_0xcc: [[`traceparent: cc-${TRACE}-${PARENT}-01.what-the-future`]],
  traceparent_version_0xff: [[`traceparent: ff-${TRACE}-${PARENT}-01`]],
  traceparent_version_illegal_characters: [
    [`traceparent: .0-${TRACE}-${PARENT}-01`],
    [`traceparent: 0.-${TRACE}-${PARENT}-01`],
  ],
  traceparent_version_too_long: [
    [`traceparent: 000-${TRACE}-${PARENT}-01`],
    [`traceparent: 0000-${TRACE}-${PARENT}-01`],
  ],
  traceparent_version_too_short: [[`traceparent: 0-${TRACE}-${PARENT}-01`]],
  traceparent_trace_id_all_zero: [[`traceparent: 00-${'0'.repeat(32)}-${PARENT}-01`]],
  traceparent_trace_id_illegal_characters: [
    [`traceparent: 00-.${TRACE.slice(1)}-${PARENT}-01`],
    [`traceparent: 00-${TRACE.slice(0, -1)}.-${PARENT}-01`],
    [`traceparent: 00-A${TRACE.slice(1)}-${PARENT}-01`],
  ],
  traceparent_trace_id_too_long: [[`traceparent: 00-${TRACE}3-${PARENT}-01`]],
  traceparent_trace_id_too_short: [[`traceparent: 00-${TRACE.slice(0, -1)}-${PARENT}-01`]],
  traceparent_parent_id_all_zero: [[`traceparent: 00-${TRACE}-${'0'.repeat(16)}-01`]],
  traceparent_parent_id_illegal_characters: [
    [`traceparent: 00-${TRACE}-.${PARENT.slice(1)}-01`],
    [`traceparent: 00-${TRACE}-${PARENT.slice(0, -1)}.-01`],
  ],
  traceparent_parent_id_too_long: [[`traceparent: 00-${TRACE}-${PARENT}7-01`]],
  traceparent_parent_id_too_short: [[`traceparent: 00-${TRACE}-${PARENT.slice(0, -1)}-01`]],
  traceparent_trace_flags_illegal_characters: [
    [`traceparent: 00-${TRACE}-${PARENT}-.0`],
    [`traceparent: 00-${TRACE}-${PARENT}-0.`],
  ],
  traceparent_trace_flags_too_long: [[`traceparent: 00-${TRACE}-${PARENT}-001`]],
  traceparent_trace_flags_too_short: [[`traceparent: 00-${TRACE}-${PARENT}-1`]],
  tracestate_included_traceparent_missing: [['tracestate: foo=1'], ['tracestate: foo=1,bar=2']],
};

const KEY_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789_-*/';
/** All but comma and equals sign, from space to tilde. */
const VALUE_CHARACTERS = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
  .filter((character) => character !== ',' && character !== '=')
  .join('');

const members = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `bar${first + index}=${first + index}`);

/** Lines of `tracestate` beside a valid parent, and what goes out of them; null: nothing. */
const STATES: Readonly<Record<string, readonly (readonly [readonly string[], string | null])[]>> = {
  tracestate_included_traceparent_included: [[['tracestate: foo=1,bar=2'], 'foo=1,bar=2']],
  tracestate_header_name: [
    [['trace-state: foo=1'], null],
    [['trace.state: foo=1'], null],
  ],
  tracestate_header_name_valid_casing: [
    [['TraceState: foo=1'], 'foo=1'],
    [['TrAcEsTaTe: foo=1'], 'foo=1'],
    [['TRACESTATE: foo=1'], 'foo=1'],
  ],
  tracestate_empty_header: [
    [['tracestate:'], null],
    [['tracestate: foo=1', 'tracestate:'], 'foo=1'],
    [['tracestate:', 'tracestate: foo=1'], 'foo=1'],
    [['tracestate: foo=1,,\t,bar=2,'], 'foo=1,bar=2'],
  ],
  tracestate_multiple_headers_different_keys: [
    [
      ['tracestate: foo=1,bar=2', 'tracestate: rojo=1,congo=2', 'tracestate: baz=3'],
      'foo=1,bar=2,rojo=1,congo=2,baz=3',
    ],
  ],
  // Either the newest stays or all go on; here the newest stays.
  tracestate_duplicated_keys: [
    [['tracestate: foo=1,foo=1'], 'foo=1'],
    [['tracestate: foo=1,foo=2'], 'foo=1'],
    [['tracestate: foo=1', 'tracestate: foo=1'], 'foo=1'],
    [['tracestate: foo=1', 'tracestate: foo=2'], 'foo=1'],
  ],
  tracestate_all_allowed_characters: [
    [
      [`tracestate: ${KEY_CHARACTERS}=${VALUE_CHARACTERS}`],
      `${KEY_CHARACTERS}=${VALUE_CHARACTERS}`,
    ],
    [
      [`tracestate: ${KEY_CHARACTERS}@a-z0-9_-*/=${VALUE_CHARACTERS}`],
      `${KEY_CHARACTERS}@a-z0-9_-*/=${VALUE_CHARACTERS}`,
    ],
  ],
  tracestate_ows_handling: [
    [['tracestate: foo=1 \t , \t bar=2, \t baz=3'], 'foo=1,bar=2,baz=3'],
    [['tracestate: foo=1\t \t,\t \tbar=2,\t \tbaz=3'], 'foo=1,bar=2,baz=3'],
    [['tracestate:  foo=1'], 'foo=1'],
    [['tracestate: \tfoo=1'], 'foo=1'],
    [['tracestate: foo=1 '], 'foo=1'],
    [['tracestate: foo=1\t'], 'foo=1'],
    [['tracestate: \t foo=1 \t'], 'foo=1'],
  ],
  tracestate_key_illegal_characters: [
    [['tracestate: foo =1'], null],
    [['tracestate: FOO=1'], null],
    [['tracestate: foo.bar=1'], null],
  ],
  tracestate_key_illegal_vendor_format: [[['tracestate: @foo=1,bar=2'], null]],
  tracestate_member_count_limit: [
    [
      [
        `tracestate: ${members(1, 10).join(',')}`,
        `tracestate: ${members(11, 20).join(',')}`,
        `tracestate: ${members(21, 32).join(',')}`,
      ],
      members(1, 32).join(','),
    ],
    [[`tracestate: ${members(1, 20).join(',')}`, `tracestate: ${members(21, 33).join(',')}`], null],
  ],
  tracestate_key_length_limit: [
    [['tracestate: foo=1', `tracestate: ${'z'.repeat(256)}=1`], `foo=1,${'z'.repeat(256)}=1`],
    [['tracestate: foo=1', `tracestate: ${'z'.repeat(257)}=1`], null],
  ],
  tracestate_value_illegal_characters: [
    [['tracestate: foo=bar=baz'], null],
    [['tracestate: foo=,bar=3'], null],
  ],
};

describe('the trace goes on', () => {
  test.each(Object.entries(CONTINUED))('%s', async (_name, lines) => {
    for (const line of lines) {
      const { traceId, parentId, tracestate } = await callOnce([line]);
      expect([line, traceId, tracestate]).toEqual([line, TRACE, null]);
      expect(parentId).not.toBe(PARENT);
    }
  });
});

describe('a new trace begins', () => {
  test.each(Object.entries(RESTARTED))('%s', async (_name, requests) => {
    for (const lines of requests) {
      const { traceId, tracestate } = await callOnce(lines);
      expect(lines.join().includes(traceId)).toBe(false);
      expect(tracestate).toBeNull();
    }
  });
});

describe('the state', () => {
  test.each(Object.entries(STATES))('%s', async (_name, requests) => {
    for (const [lines, expected] of requests) {
      const { traceId, tracestate } = await callOnce([UNSAMPLED, ...lines]);
      expect([lines, traceId, tracestate]).toEqual([lines, TRACE, expected]);
    }
  });
});

describe('several calls of one request', () => {
  test('multiple_requests_with_valid_traceparent', async () => {
    const calls = await call([`traceparent: ${VALID}`], 3);
    expect(new Set(calls.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
    expect(new Set(calls.map(({ parentId }) => parentId)).size).toBe(3);
  });

  test.each([
    ['multiple_requests_without_traceparent', []],
    [
      'multiple_requests_with_illegal_traceparent',
      [`traceparent: 00-${'0'.repeat(32)}-${PARENT}-01`],
    ],
  ])('%s', async (_name, lines) => {
    const calls = await call(lines, 3);
    expect(new Set(calls.map(({ parentId }) => parentId)).size).toBe(3);
  });
});

describe('level 2', () => {
  test.each(['00', '01', '02', '03'])(
    'propagates_random_flag, and flags %s as they came',
    async (flags) => {
      const outgoing = await callOnce([`traceparent: 00-${TRACE}-${PARENT}-${flags}`]);
      expect(outgoing).toMatchObject({ traceId: TRACE, flags });
    },
  );

  test('a trace that begins here says that its id is random', async () => {
    expect((await callOnce([])).flags).toBe('03');
  });

  test.each(['04', 'ff', '82'])(
    'of flags %s only those are passed on that are known',
    async (flags) => {
      const outgoing = await callOnce([`traceparent: 00-${TRACE}-${PARENT}-${flags}`]);
      const known = (Number.parseInt(flags, 16) & 0x03).toString(16).padStart(2, '0');
      expect(outgoing).toMatchObject({ traceId: TRACE, flags: known });
    },
  );
});
