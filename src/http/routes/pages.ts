/** The page, its files, the API reference and the OpenAPI document. */

import type { Hono } from 'hono';
import { etag } from 'hono/etag';
import type { HttpServices } from '../services.ts';

/** Browsers ask again each time and mostly get 304: a new version is seen at once. */
const HEADERS = { 'Cache-Control': 'no-cache' };

/** Registers the routes on `app`. @param document - makes the OpenAPI document; called once, on the first request. */
export function addPages(app: Pick<Hono, 'get'>, services: HttpServices, document: () => object) {
  addReference(app, services, document);
  const { feed, version, web } = services;
  app.get('/', etag(), (c) =>
    c.html(web.renderPage({ version, source: feed.source }), 200, HEADERS),
  );
}

/** What the API reference is made of. */
interface ReferenceParts {
  readonly feed: Pick<HttpServices['feed'], 'source'>;
  readonly version: string;
  readonly web: HttpServices['web'];
}

/** The API reference, the OpenAPI document and the files of both. @param document - as for `addPages`. */
export function addReference(
  app: Pick<Hono, 'get'>,
  { feed, version, web }: ReferenceParts,
  document: () => object,
): void {
  let openApi: object | null = null;
  const getDocument = () => {
    openApi ??= document();
    return openApi;
  };
  app.get('/openapi.json', etag(), (c) => c.json(getDocument(), 200, HEADERS));
  app.get('/docs', etag(), (c) =>
    c.html(web.renderDocs(getDocument(), { version, source: feed.source }), 200, HEADERS),
  );
  for (const asset of web.assets) {
    app.get(asset.path, etag(), (c) =>
      c.body(asset.body, 200, { ...HEADERS, 'Content-Type': asset.contentType }),
    );
  }
}
