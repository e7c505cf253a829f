/** Rates of conversions from prices, the taker fee taken out in quote units on both sides, as in the pair kernel. */

/** Units of quote for one unit of base sold at `bid`: bid × (1 − fee). */
export function toSellRate(bid: number, takerRatio: number): number {
  return bid * (1 - takerRatio);
}

/** Units of base for one unit of quote spent at `ask`: 1 ÷ (ask × (1 + fee)); 0 when nobody asks. */
export function toBuyRate(ask: number, takerRatio: number): number {
  return ask > 0 ? 1 / (ask * (1 + takerRatio)) : 0;
}
