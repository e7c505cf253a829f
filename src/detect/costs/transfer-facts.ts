/** What is told of the way between the exchanges of a pair. */

import type { TransferFacts } from '../../domain/modes.ts';
import { multiply, subtract, toDecimalString } from '../../domain/money.ts';
import { breakEvenNetworkFee } from './break-even.ts';
import type { PairOrders } from './pair-orders.ts';
import type { PairTerms } from './pair-terms.ts';
import { bestOf, toBps } from './pair-waterfall.ts';

/** Null when what is sold is there already. */
export function toTransferFacts(terms: PairTerms, orders: PairOrders): TransferFacts | null {
  const { buy, receivedRatio, carriage } = terms;
  if (carriage === null) return null;
  const { hop, volatilityBps, riskBps } = carriage;
  const { bought, cost, networkFeeInBase } = orders;
  const withdrawn = multiply(bought.sizeInBase, receivedRatio);
  const feeInQuote = multiply(networkFeeInBase, bestOf(buy.book.asks));
  return {
    network: hop.network,
    feeInBase: toDecimalString(networkFeeInBase),
    feeInQuote: toDecimalString(feeInQuote),
    feeBps: toBps(feeInQuote, cost),
    withdrawnInBase: toDecimalString(withdrawn),
    arrivedInBase: toDecimalString(subtract(withdrawn, networkFeeInBase)),
    transferMs: hop.transferMs,
    transferDeviationMs: hop.transferDeviationMs,
    isTimeAssumed: hop.isTimeAssumed,
    volatilityBps,
    riskBps,
    breakEvenNetworkFeeInBase: breakEvenNetworkFee(terms, orders),
  };
}
