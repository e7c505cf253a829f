/** Lines of a recording to batches: one batch for each time at which something arrived. */

import type { Book } from '../../../domain/book.ts';
import type { Funding } from '../../../domain/funding.ts';
import type { Quote } from '../../../domain/quote.ts';
import type { FeedBatch } from '../../feed.ts';
import type { RecordingLine } from '../../recording/format.ts';

interface Group {
  readonly atMs: number;
  readonly quotes: Quote[];
  readonly books: Book[];
  readonly funding: Funding[];
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
      if (line.type === 'header' || line.type === 'market') continue;
      const update = updateOf(line);
      if (!isKept(update.exchange, update.symbol)) continue;
      const key = `${line.type === 'funding' ? 'funding' : 'quote'} ${update.exchange} ${update.symbol}`;
      if (group === null || group.atMs !== update.receivedAtMs || group.markets.has(key)) {
        if (group !== null) yield toBatch(group);
        group = startGroup(update.receivedAtMs);
      }
      group.markets.add(key);
      if (line.type === 'quote') group.quotes.push(line.quote);
      else if (line.type === 'book') group.books.push(line.book);
      else group.funding.push(line.funding);
    }
  }
  if (group !== null) yield toBatch(group);
}

type UpdateLine = Extract<RecordingLine, { readonly type: 'quote' | 'book' | 'funding' }>;

function updateOf(line: UpdateLine) {
  if (line.type === 'quote') return line.quote;
  return line.type === 'book' ? line.book : line.funding;
}

function startGroup(atMs: number): Group {
  return { atMs, quotes: [], books: [], funding: [], markets: new Set() };
}

function toBatch({ atMs, quotes, books, funding }: Group): FeedBatch {
  return { atMs, quotes, books, ...(funding.length === 0 ? {} : { funding }) };
}
