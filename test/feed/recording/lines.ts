/** Small recordings for tests. */

import {
  createHeader,
  type OpenBytes,
  type RecordingLine,
} from '../../../src/feed/recording/format.ts';
import { formatRecordingLine } from '../../../src/feed/recording/format-line.ts';

export const HEADER_LINE = formatRecordingLine({
  type: 'header',
  header: createHeader('test'),
}).trimEnd();

export function marketLine(exchange: string, symbol: string, takerBps = 10): string {
  return JSON.stringify({ type: 'market', exchange, symbol, takerBps });
}

export function quoteLine(
  exchange: string,
  symbol: string,
  receivedAtMs: number,
  bid = '100',
  ask = '101',
): string {
  const sizes = { bidSize: '1', askSize: '2' };
  return JSON.stringify({ type: 'quote', exchange, symbol, bid, ask, ...sizes, receivedAtMs });
}

export function bookLine(
  exchange: string,
  symbol: string,
  receivedAtMs: number,
  bids: readonly unknown[] = [['100', '1']],
  asks: readonly unknown[] = [['101', '1']],
): string {
  return JSON.stringify({ type: 'book', exchange, symbol, bids, asks, receivedAtMs });
}

/** Opens the given lines as one file, in chunks of `chunkBytes`. */
export function openLines(lines: readonly string[], chunkBytes = 1_000_000): OpenBytes {
  return openBytes(new TextEncoder().encode(lines.map((line) => `${line}\n`).join('')), chunkBytes);
}

export function openBytes(bytes: Uint8Array, chunkBytes = 1_000_000): OpenBytes {
  return async function* () {
    for (let from = 0; from < bytes.length; from += chunkBytes) {
      yield bytes.subarray(from, from + chunkBytes);
    }
  };
}

/** All lines of a reader's groups. */
export async function collect(
  groups: AsyncIterable<readonly RecordingLine[]>,
): Promise<RecordingLine[]> {
  const lines: RecordingLine[] = [];
  for await (const group of groups) lines.push(...group);
  return lines;
}

/** A stream that keeps what is written. */
export function createMemorySink() {
  const parts: Uint8Array[] = [];
  let state: 'open' | 'closed' | 'aborted' = 'open';
  const sink = new WritableStream<Uint8Array>({
    write: (part) => {
      parts.push(part.slice());
    },
    close: () => {
      state = 'closed';
    },
    abort: () => {
      state = 'aborted';
    },
  });
  const bytes = () => new Uint8Array(parts.flatMap((part) => [...part]));
  return {
    sink,
    bytes,
    text: () => new TextDecoder().decode(bytes()),
    get state() {
      return state;
    },
  };
}
