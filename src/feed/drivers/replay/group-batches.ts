/** Lines of a recording to batches: one batch for each time at which something arrived. */

import type { Book } from '../../../domain/book.ts';
import type { Quote } from '../../../domain/quote.ts';
import type { FeedBatch } from '../../feed.ts';
import type { RecordingLine } from '../../recording/format.ts';

interface Group {
  readonly atMs: number;
  readonly quotes: Quote[];
  readonly books: Book[];
  readonly markets: Set<string>;
}

/**
 * All updates of one receive time in one batch, in their order. A market that changes twice at the same time begins
 * another batch of that time, so that no update is lost.
 *
 * @param isKept - updates of other markets are left out.
 */
export async function* groupBatches(
  groupsOfLines: AsyncIterable<readonly RecordingLine[]>,
  isKept: (exchange: string, symbol: string) => boolean,
): AsyncGenerator<FeedBatch, void, void> {
  let group: Group | null = null;
  for await (const lines of groupsOfLines) {
    for (const line of lines) {
      if (line.type !== 'quote' && line.type !== 'book') continue;
      const update = line.type === 'quote' ? line.quote : line.book;
      if (!isKept(update.exchange, update.symbol)) continue;
      const key = `${update.exchange} ${update.symbol}`;
      if (group === null || group.atMs !== update.receivedAtMs || group.markets.has(key)) {
        if (group !== null) yield toBatch(group);
        group = { atMs: update.receivedAtMs, quotes: [], books: [], markets: new Set() };
      }
      group.markets.add(key);
      if (line.type === 'quote') group.quotes.push(line.quote);
      else group.books.push(line.book);
    }
  }
  if (group !== null) yield toBatch(group);
}

function toBatch({ atMs, quotes, books }: Group): FeedBatch {
  return { atMs, quotes, books };
}
