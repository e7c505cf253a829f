/**
 * OTLP requests over `node:http` and `node:https`, behind the same interface as `fetch`: on Node a `fetch` takes about
 * four times the CPU time. The modules are asked for when it runs, so that a bundle for another platform imports none.
 */

import type { FetchFunction, PostAnswer, PostInit } from '../export/post.ts';
import type { AnswerBody } from '../export/read-capped.ts';

type Agent = import('node:http').Agent;
type IncomingMessage = import('node:http').IncomingMessage;
type OutgoingHttpHeaders = import('node:http').OutgoingHttpHeaders;
type Readable = import('node:stream').Readable;

/** Those of Node that are used. */
interface NodeModules {
  readonly http: typeof import('node:http');
  readonly https: typeof import('node:https');
  readonly stream: typeof import('node:stream');
  readonly zlib: typeof import('node:zlib');
}

/** PEM texts; null: what the runtime trusts, and no certificate of one's own. */
export interface Certificates {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

const NO_CERTIFICATES: Certificates = { ca: null, cert: null, key: null };

/**
 * An unused connection is closed after this long, milliseconds, as `fetch` of Node does: servers of Node close theirs
 * after 5 s, and a request that crosses the closing is lost (nodejs.org, `server.keepAliveTimeout`).
 */
const KEEP_ALIVE_MS = 4_000;

/**
 * Null where `fetch` is to be used: not on Node, before 20.16, or when Node is told to use proxies. Node's modules are
 * loaded with the first request, not with the set-up.
 */
export function findNodeFetch(): FetchFunction | null {
  if (findLoader() === null || isProxied()) return null;
  let opened: FetchFunction | null = null;
  return (url, init) => {
    opened ??= openNodeFetch();
    return opened(url, init);
  };
}

/**
 * @param certificates - absent: those that Node trusts.
 * @throws {Error} where this is not Node.
 */
export function openNodeFetch(certificates: Certificates = NO_CERTIFICATES): FetchFunction {
  const load = findLoader();
  if (load === null) throw new Error('the fetch of this runtime takes no certificates');
  return createNodeFetch(
    {
      http: load('node:http') as NodeModules['http'],
      https: load('node:https') as NodeModules['https'],
      stream: load('node:stream') as NodeModules['stream'],
      zlib: load('node:zlib') as NodeModules['zlib'],
    },
    certificates,
  );
}

/** The members of `process` that are used; `getBuiltinModule` came with Node 20.16 and 22.3. */
interface ProcessLike {
  readonly versions?: { readonly node?: string };
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly getBuiltinModule?: (name: string) => unknown;
}

function findProcess(): ProcessLike | undefined {
  return (globalThis as { readonly process?: ProcessLike }).process;
}

/** Null where this is not Node; others lend its name, Workers among them. */
function findLoader(): ((name: string) => unknown) | null {
  const process = findProcess();
  const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: string } };
  const isOther =
    'Bun' in globalThis || 'Deno' in globalThis || navigator?.userAgent === 'Cloudflare-Workers';
  if (isOther || process?.versions?.node === undefined) return null;
  return process.getBuiltinModule ?? null;
}

/** `fetch` heeds it, an agent of one's own does not (nodejs.org, "Built-in proxy support"). */
function isProxied(): boolean {
  return findProcess()?.env?.['NODE_USE_ENV_PROXY'] === '1';
}

/** Connections are kept alive, and none of them keeps the process alive while it is unused. */
function createNodeFetch(modules: NodeModules, certificates: Certificates): FetchFunction {
  const { http, https } = modules;
  const plain = new http.Agent({ keepAlive: true, timeout: KEEP_ALIVE_MS });
  const secure = new https.Agent({
    keepAlive: true,
    timeout: KEEP_ALIVE_MS,
    ...toTlsOptions(certificates),
  });
  return (url, init) => {
    const target = new URL(url);
    return target.protocol === 'https:'
      ? send(modules, https.request, secure, target, init)
      : send(modules, http.request, plain, target, init);
  };
}

function toTlsOptions({ ca, cert, key }: Certificates): {
  ca?: string;
  cert?: string;
  key?: string;
} {
  return {
    ...(ca === null ? {} : { ca }),
    ...(cert === null ? {} : { cert }),
    ...(key === null ? {} : { key }),
  };
}

/** Redirects are answers here, not followed. */
function send(
  modules: NodeModules,
  request: NodeModules['http']['request'],
  agent: Agent,
  target: URL,
  { method, headers, body, signal }: PostInit,
): Promise<PostAnswer> {
  return new Promise((resolve, reject) => {
    const options = { method, agent, signal, headers: toNodeHeaders(headers, body) };
    const sent = request(target, options, (message) => resolve(toAnswer(modules, message)));
    sent.on('error', reject); // After the answer it has no effect: whoever reads the body hears of it there.
    sent.end(body);
  });
}

function toNodeHeaders(headers: Headers, body: Uint8Array): OutgoingHttpHeaders {
  return { ...Object.fromEntries(headers), 'content-length': body.length };
}

function toAnswer(modules: NodeModules, message: IncomingMessage): PostAnswer {
  message.on('error', () => undefined); // Told to the reader; without a listener it would end the process.
  const { statusCode: status = 0, headers } = message;
  const get = (name: string) => headers[name]?.toString() ?? null;
  if (headers['content-length'] !== '0') {
    return { status, headers: { get }, body: toBody(decode(modules, message)) };
  }
  message.resume(); // Gives the connection back.
  return { status, headers: { get }, body: null };
}

/** Nothing asks for it, but a proxy may compress all the same. */
function decode({ stream, zlib }: NodeModules, message: IncomingMessage): Readable {
  const decoder = toDecoder(zlib, message.headers['content-encoding']);
  return decoder === null ? message : stream.pipeline(message, decoder, () => undefined);
}

function toDecoder(zlib: NodeModules['zlib'], encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip();
    case 'deflate':
      return zlib.createInflate();
    case 'br':
      return zlib.createBrotliDecompress();
    default:
      return null;
  }
}

function toBody(bytes: Readable): AnswerBody {
  const cancel = () => {
    bytes.destroy();
    return Promise.resolve();
  };
  const getReader = () => {
    const chunks = bytes[Symbol.asyncIterator]();
    const read = async () => {
      const { done, value } = await chunks.next();
      return done === true ? { done, value: undefined } : { done: false, value };
    };
    return { read, cancel };
  };
  return { getReader, cancel };
}
