/** The page and the API reference, ready for the routes. */

import type { WebAsset, WebPages } from '../http/services.ts';
import { renderDocs } from './docs.ts';
import { renderPage } from './shell.ts';

/** @param assets - what `loadWebAssets` gave. */
export function createWebPages(assets: readonly WebAsset[]): WebPages {
  return { assets, renderPage, renderDocs };
}
