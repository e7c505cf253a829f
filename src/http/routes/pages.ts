/** The page, its files, the API reference and the OpenAPI document. */

import type { Hono } from 'hono';
import { etag } from 'hono/etag';
import type { HttpServices } from '../services.ts';

/** Browsers ask again each time and mostly get 304: a new version is seen at once. */
const REVALIDATE = 'no-cache';

/** Registers the routes on `app`. @param document - makes the OpenAPI document; called once, on the first request. */
export function addPages(app: Pick<Hono, 'get'>, services: HttpServices, document: () => object) {
  const { feed, version, web } = services;
  let openApi: object | null = null;
  const getDocument = () => {
    openApi ??= document();
    return openApi;
  };
  const headers = { 'Cache-Control': REVALIDATE };
  app.get('/openapi.json', etag(), (c) => c.json(getDocument(), 200, headers));
  app.get('/docs', etag(), (c) =>
    c.html(web.renderDocs(getDocument(), { version, source: feed.source }), 200, headers),
  );
  app.get('/', etag(), (c) =>
    c.html(web.renderPage({ version, source: feed.source }), 200, headers),
  );
  for (const asset of web.assets) {
    app.get(asset.path, etag(), (c) =>
      c.body(asset.body, 200, { ...headers, 'Content-Type': asset.contentType }),
    );
  }
}
