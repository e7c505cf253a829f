/** `GET /api/explain`: why there is no opportunity, in counts, reasons and near misses. */

import type { Explanation } from '../../detect/explain/explain.ts';
import { toExplanationJson } from '../../detect/explain/to-json.ts';
import { defineRoute } from '../define-route.ts';
import { createMemo } from '../memo.ts';
import { HttpProblem } from '../problem.ts';
import { explainQuery, explanation, MAX_NEAR_MISSES_COUNT } from '../schemas/explain.ts';
import { failed, invalid, unknown } from '../schemas/problem.ts';
import type { HttpServices } from '../services.ts';

const DEFAULT_LIMIT = 10;
/** Looking at all symbols is shared by the callers of this long, milliseconds. */
const EXPLANATION_TTL_MS = 1_000;
/** Pairs and cycles of one answer: some tens of milliseconds of work each. */
const MAX_PAIRS_COUNT = 100_000;
const MAX_CYCLES_COUNT = 100_000;

export function explainRoute({ clock, feed, pipeline }: HttpServices) {
  const look = (symbol: string | null): Explanation =>
    pipeline.explain({
      symbol,
      nearMissesCount: MAX_NEAR_MISSES_COUNT,
      maxPairsCount: MAX_PAIRS_COUNT,
      maxCyclesCount: MAX_CYCLES_COUNT,
    });
  const lookAtAll = createMemo(clock, EXPLANATION_TTL_MS, () => look(null));
  return defineRoute(
    {
      method: 'get',
      path: '/api/explain',
      tags: ['Opportunities'],
      summary: 'Why there is no opportunity: the funnel in counts, reasons, near misses',
      description:
        'Every directed pair of exchanges of a symbol, and every cycle, is an opportunity now or is lost at exactly one stage for exactly one reason, so that the counts add up. With a symbol: its pairs and the cycles through it; with a route such as `ADA>BTC>USDT`: that cycle.',
      request: { query: explainQuery },
      responses: {
        200: {
          description: 'The funnel and the near misses',
          content: { 'application/json': { schema: explanation } },
        },
        400: invalid,
        404: unknown,
        500: failed,
      },
    },
    (c) => {
      const { symbol = null, limit = DEFAULT_LIMIT } = c.req.valid('query');
      const found = symbol === null ? lookAtAll() : look(symbol);
      if (symbol !== null && isUnknown(found)) {
        throw new HttpProblem('symbol_unknown', 'No exchange that is watched has it.');
      }
      const nearMisses = found.nearMisses.slice(0, limit);
      const answer = toExplanationJson({ ...found, nearMisses });
      return c.json({ source: feed.source, symbol, ...answer }, 200);
    },
  );
}

function isUnknown({ symbolsCount, symbolsWithoutPair, cycles }: Explanation): boolean {
  return (
    symbolsCount === 0 && symbolsWithoutPair.length === 0 && !(cycles && cycles.cyclesCount > 0)
  );
}
