/** One name for one chain: exchanges, and ccxt for them, call the same network by its token standard or by its coin. */

/** Names in capitals without blanks, dashes and brackets → the id used here. A token standard is the chain it lives on. */
const ALIASES: Readonly<Record<string, string>> = {
  BITCOIN: 'BTC',
  ERC20: 'ETH',
  ETHEREUM: 'ETH',
  TRC20: 'TRX',
  TRON: 'TRX',
  BEP20: 'BSC',
  BNBSMARTCHAIN: 'BSC',
  BEP2: 'BNB',
  SPL: 'SOL',
  SOLANA: 'SOL',
  MATIC: 'POLYGON',
  POL: 'POLYGON',
  ARB: 'ARBITRUM',
  ARBONE: 'ARBITRUM',
  ARBITRUMONE: 'ARBITRUM',
  OP: 'OPTIMISM',
  AVAXC: 'AVALANCHEC',
  AVALANCHECCHAIN: 'AVALANCHEC',
  AVAXCCHAIN: 'AVALANCHEC',
  CCHAIN: 'AVALANCHEC',
  LITECOIN: 'LTC',
  DOGECOIN: 'DOGE',
  RIPPLE: 'XRP',
  CARDANO: 'ADA',
  POLKADOT: 'DOT',
};

/** `ERC20`, `erc-20` and `Ethereum` → `ETH`; a name that is not known is kept, in capitals without blanks and signs. */
export function toNetworkId(name: string): string {
  const plain = name.toUpperCase().replace(/[\s\-_()]/g, '');
  return ALIASES[plain] ?? plain;
}
