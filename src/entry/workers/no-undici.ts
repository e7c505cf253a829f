/** Stands in for `undici`, which ccxt loads on Node only and which would be a quarter of the bundle of Workers. */

throw new Error('undici: not part of this bundle');
