/** The taker fee at which a round of orders comes to a given product. */

/** An order by its price, before fees. */
export interface PricedLeg {
  readonly side: 'buy' | 'sell';
  /** Quote units for one base unit. */
  readonly price: number;
}

/** Halvings of the interval that holds the fee: its width is then that of f64. */
const HALVINGS_COUNT = 60;
/** Places of basis points. */
const BPS_PLACES = 9;

/**
 * The taker fee t, the same on all legs and taken in quote units, at which Π bᵢ(1 − t) / Π aⱼ(1 + t) = `product`; basis
 * points, negative when only a rebate would do. By halving, because multiplications are the same on every machine.
 */
export function takerBpsFor(legs: readonly PricedLeg[], product: number): number {
  const productAt = (takerRatio: number) =>
    legs.reduce(
      (sum, { side, price }) =>
        side === 'sell' ? sum * price * (1 - takerRatio) : sum / (price * (1 + takerRatio)),
      1,
    );
  let [least, most] = [-0.5, 1];
  for (let halving = 0; halving < HALVINGS_COUNT; halving += 1) {
    const middle = (least + most) / 2;
    if (productAt(middle) >= product) least = middle;
    else most = middle;
  }
  return Number((least * 10_000).toFixed(BPS_PLACES));
}
