/** Stands in for `crypto`, which ccxt uses to sign requests with RSA; market data is public and needs no signature. */

export default undefined;
