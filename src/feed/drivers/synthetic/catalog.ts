/** Names of the synthetic market: real assets, so that a page reads naturally, on exchanges that nobody can take for real. */

export interface Asset {
  readonly name: string;
  /** Where its price begins and where it is drawn back to, US dollars; only the order of magnitude is meant. */
  readonly priceInUsd: number;
}

/** All quote assets but the first are themselves traded against the first. */
export const USDT: Asset = { name: 'USDT', priceInUsd: 1 };

const KNOWN_ASSETS: readonly Asset[] = Object.entries({
  BTC: 64_000,
  ETH: 3_400,
  SOL: 150,
  XRP: 0.6,
  ADA: 0.45,
  DOGE: 0.12,
  LTC: 85,
  AVAX: 30,
  DOT: 6.5,
  LINK: 14,
  TRX: 0.12,
  BCH: 400,
  XLM: 0.11,
  ATOM: 8,
  UNI: 9,
  ETC: 25,
  FIL: 5.5,
  NEAR: 5,
  APT: 8,
  ARB: 0.9,
  OP: 1.9,
  INJ: 24,
  AAVE: 95,
  ALGO: 0.16,
}).map(([name, priceInUsd]) => ({ name, priceInUsd }));

const STARS =
  `altair vega deneb rigel sirius polaris antares spica mira castor pollux regulus capella arcturus aldebaran
  canopus procyon bellatrix mimosa alnitak dubhe merak mizar alcor izar kochab schedar mirach hamal algol atlas electra
  maia merope taygeta alcyone sadr albireo enif markab scheat alphard denebola zosma unukalhai sabik nunki kaus shaula
  lesath ankaa fomalhaut achernar acamar menkar diphda alrescha almach ruchbah caph gienah algieba tarazed sualocin`
    .split(/\s+/)
    .map((star) => `synthetic-${star}`);

/** `synthetic-altair` and so on. */
export function exchangeName(index: number): string {
  return STARS[index] ?? `synthetic-${index + 1}`;
}

/** The asset at a place of the list; beyond the known ones `SYN25` and so on, at prices from 0.01 to 100. */
export function assetAt(index: number): Asset {
  const known = KNOWN_ASSETS[index];
  if (known !== undefined) return known;
  return { name: `SYN${index + 1}`, priceInUsd: (1 + (index % 9)) * 10 ** ((index % 5) - 2) };
}

export interface SymbolPlan {
  readonly symbol: string;
  readonly base: Asset;
  readonly quote: Asset;
}

/** `count` symbols: each asset against USDT, and every few of them against BTC or ETH too, which makes cycles. */
export function planSymbols(count: number): readonly SymbolPlan[] {
  const plans: SymbolPlan[] = [];
  const add = (base: Asset, quote: Asset) => {
    plans.push({ symbol: `${base.name}/${quote.name}`, base, quote });
  };
  for (let index = 0; plans.length < count; index += 1) {
    add(assetAt(index), USDT);
    if (index === 1 || index % 4 === 2) add(assetAt(index), assetAt(0));
    if (index % 8 === 3) add(assetAt(index), assetAt(1));
  }
  return plans.slice(0, count);
}
