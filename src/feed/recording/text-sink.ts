/** Text into a stream of bytes, gathered into larger chunks, gzipped when wanted. */

export interface TextSinkOptions {
  readonly gzip?: boolean;
}

export interface TextSink {
  /** Resolves when the sink can take more. */
  write(text: string): Promise<void>;
  /** Writes what is left and closes the stream below. */
  close(): Promise<void>;
  /** Gives up: the stream below is aborted with `reason`. */
  abort(reason: unknown): Promise<void>;
}

/** Text gathered before it is encoded, UTF-16 units: the default chunk of Node's file streams (64 KiB). */
const CHUNK_LENGTH = 65_536;

export function createTextSink(
  sink: WritableStream<Uint8Array>,
  options: TextSinkOptions = {},
): TextSink {
  const { writer, finished } = options.gzip === true ? gzipInto(sink) : plainInto(sink);
  // Seen again by the write or the close that meets it.
  finished.catch(() => undefined);
  const encoder = new TextEncoder();
  let gathered = '';

  /** A stream that broke says so in general words; what broke it is known further down. */
  const rethrow = async (error: unknown): Promise<never> => {
    throw await finished.then(
      () => error,
      (cause: unknown) => cause,
    );
  };

  const flush = async (): Promise<void> => {
    const bytes = encoder.encode(gathered);
    gathered = '';
    // A failure below rejects both; waiting on both lets neither go unseen.
    await Promise.all([writer.ready, writer.write(bytes)]).catch(rethrow);
  };

  return {
    write: async (text) => {
      gathered += text;
      if (gathered.length >= CHUNK_LENGTH) await flush();
    },
    close: async () => {
      if (gathered !== '') await flush();
      await Promise.all([writer.close(), finished]).catch(rethrow);
    },
    abort: async (reason) => {
      await Promise.allSettled([writer.abort(reason), finished]);
    },
  };
}

/** Writes every line, then closes; a source that fails aborts the sink. Returns the number of lines. */
export async function writeLines(
  lines: AsyncIterable<string> | Iterable<string>,
  sink: WritableStream<Uint8Array>,
  options: TextSinkOptions = {},
): Promise<number> {
  const text = createTextSink(sink, options);
  let linesCount = 0;
  try {
    for await (const line of lines) {
      await text.write(line);
      linesCount += 1;
    }
  } catch (error) {
    await text.abort(error);
    throw error;
  }
  await text.close();
  return linesCount;
}

interface Outlet {
  readonly writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  /** Settles when `sink` is closed or broken. */
  readonly finished: Promise<void>;
}

function plainInto(sink: WritableStream<Uint8Array>): Outlet {
  const writer = sink.getWriter();
  return { writer, finished: writer.closed.then(() => undefined) };
}

function gzipInto(sink: WritableStream<Uint8Array>): Outlet {
  const packer = new CompressionStream('gzip');
  return { writer: packer.writable.getWriter(), finished: packer.readable.pipeTo(sink) };
}
