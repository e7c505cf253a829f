/** A small load generator: keep-alive connections, one request in flight on each, bounded in number and in time. */

import type { Socket } from 'bun';

export interface LoadOptions {
  readonly port: number;
  readonly path: string;
  readonly connectionsCount: number;
  readonly requestsCount: number;
  /** The load fails when it takes longer. */
  readonly timeoutMs: number;
}

export interface LoadResult {
  readonly elapsedMs: number;
  /** Of each request, milliseconds, in the order in which they ended. */
  readonly latenciesMs: readonly number[];
}

interface Connection {
  sentAtMs: number;
  /** Of the answer that is being read. */
  missingBytes: number;
}

/**
 * All answers of the route are of one length, which one request finds out first; then only bytes are counted, so that
 * the generator takes less time than the server.
 *
 * @throws {Error} when an answer is not 200, a connection closes, or time is up.
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const answerBytes = await measureAnswer(options);
  return new Promise((resolve, reject) => new Load(options, answerBytes, resolve, reject).start());
}

async function measureAnswer({ port, path }: LoadOptions): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data: (_socket, chunk) => {
        const text = chunk.toString('latin1');
        const isWhole = /^HTTP\/1\.1 200 .*\r\n\r\n.*\}$/s.test(text);
        if (isWhole) resolve(chunk.length);
        else reject(new Error(`load: expected a 200 with a JSON object, got ${text}`));
      },
      close: () => reject(new Error('load: the server closed a connection')),
    },
  });
  socket.write(toRequest(path));
  return promise.finally(() => socket.end());
}

function toRequest(path: string): Uint8Array {
  return new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n`);
}

class Load {
  readonly #options: LoadOptions;
  readonly #answerBytes: number;
  readonly #request: Uint8Array;
  readonly #latenciesMs: number[] = [];
  readonly #sockets: Socket<Connection>[] = [];
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #resolve: (result: LoadResult) => void;
  readonly #reject: (error: Error) => void;
  #startedCount = 0;
  #startMs = 0;
  #isOver = false;

  constructor(
    options: LoadOptions,
    answerBytes: number,
    resolve: (result: LoadResult) => void,
    reject: (error: Error) => void,
  ) {
    this.#options = options;
    this.#answerBytes = answerBytes;
    this.#request = toRequest(options.path);
    this.#resolve = resolve;
    this.#reject = reject;
    const { timeoutMs } = options;
    this.#timer = setTimeout(() => this.#fail(`not done in ${timeoutMs} ms`), timeoutMs);
  }

  start(): void {
    this.#open().catch((error: unknown) => this.#fail(String(error)));
  }

  async #open(): Promise<void> {
    const { connectionsCount, port } = this.#options;
    const connecting = Array.from({ length: connectionsCount }, () =>
      Bun.connect<Connection>({
        hostname: '127.0.0.1',
        port,
        data: { sentAtMs: 0, missingBytes: 0 },
        socket: {
          data: (socket, chunk) => this.#read(socket, chunk),
          close: () => this.#fail('the server closed a connection'),
        },
      }),
    );
    this.#sockets.push(...(await Promise.all(connecting)));
    this.#startMs = performance.now();
    for (const socket of this.#sockets) this.#send(socket);
  }

  #send(socket: Socket<Connection>): void {
    if (this.#startedCount === this.#options.requestsCount) return;
    this.#startedCount += 1;
    socket.data.missingBytes = this.#answerBytes;
    socket.data.sentAtMs = performance.now();
    socket.write(this.#request);
  }

  #read(socket: Socket<Connection>, chunk: Uint8Array): void {
    const isFirst = socket.data.missingBytes === this.#answerBytes;
    // The hundreds digit of the status follows "HTTP/1.1 ".
    socket.data.missingBytes -= chunk.length;
    if (isFirst && chunk[9] !== 0x32) this.#fail('expected a 200');
    else if (socket.data.missingBytes < 0) this.#fail('an answer is longer than the first');
    else if (socket.data.missingBytes === 0) this.#answered(socket);
  }

  #answered(socket: Socket<Connection>): void {
    const nowMs = performance.now();
    this.#latenciesMs.push(nowMs - socket.data.sentAtMs);
    if (this.#latenciesMs.length === this.#options.requestsCount) this.#finish(nowMs);
    else this.#send(socket);
  }

  #finish(nowMs: number): void {
    this.#close();
    this.#resolve({ elapsedMs: nowMs - this.#startMs, latenciesMs: this.#latenciesMs });
  }

  #fail(message: string): void {
    if (this.#isOver) return;
    this.#close();
    this.#reject(new Error(`load: ${message}`));
  }

  #close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    for (const socket of this.#sockets) socket.end();
  }
}
