/** An explanation as it is shown by the API and the command line: each reason with its sentence beside it. */

import type { Explanation } from './explain.ts';
import { toSentence } from './sentence.ts';

export function toExplanationJson(explanation: Explanation) {
  return {
    ...explanation,
    cappedPairs: explanation.cappedPairs.map((pair) => ({
      ...pair,
      sentence: toSentence(pair.reason),
    })),
    markets: explanation.markets.map((market) => ({
      ...market,
      sentence: market.reason === null ? null : toSentence(market.reason),
    })),
    symbolsWithoutPair: explanation.symbolsWithoutPair.map((each) => ({
      ...each,
      sentence: toSentence(each.reason),
    })),
  };
}
