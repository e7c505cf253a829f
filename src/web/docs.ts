/** The API reference, rendered from the OpenAPI document: no script needed, nothing from elsewhere. */

import { html } from 'hono/html';
import { PROBLEMS } from '../http/problem.ts';
import type { PageState } from '../http/services.ts';
import { renderSchema, type Schema } from './docs-schema.ts';
import { type Markup, renderFrame } from './markup.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
      }
    >
  >;
}

/** The parts of an OpenAPI 3.1 document that are shown. */
interface OpenApi {
  readonly info: { readonly description?: string };
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** The document of `/docs`. @param document - the OpenAPI document of this server. */
export function renderDocs(document: object, { version, source }: PageState): string {
  const { info, tags = [], paths, components } = document as OpenApi;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return renderFrame({
    title: 'Spreadscope: API reference',
    description: 'Every path of the API, its parameters and its answers.',
    version,
    source,
    scripts: [],
    current: '/docs',
    body: html`<article class="docs">
<h1>API reference</h1>
<p class="lead">${info.description ?? ''} The same as a document: <a href="/openapi.json">/openapi.json</a>.</p>
${tags.map(
  ({ name, description = '' }) => html`<section aria-label="${name}">
<h2>${name}</h2><p class="count">${description}</p>
${operations.filter(({ operation }) => operation.tags?.includes(name)).map(renderOperation)}
</section>`,
)}
${renderProblems()}
${renderSchemas(components?.schemas ?? {})}
</article>`,
  });
}

function renderOperation(entry: {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}): Markup {
  const { path, method, operation } = entry;
  const { summary = '', description = '', parameters = [], responses } = operation;
  return html`<details class="panel operation">
<summary><span class="method">${method.toUpperCase()}</span> <code>${path}</code> <span class="count">${summary}</span></summary>
<div class="operation-body">
${description === '' ? '' : html`<p>${description}</p>`}
${parameters.length === 0 ? '' : renderParameters(parameters)}
<h3>Answers</h3>
${Object.entries(responses).map(([status, response]) => renderResponse(status, response))}
${renderExample(path.replace('{symbol}', 'BTC-USDT'))}
</div>
</details>`;
}

function renderParameters(parameters: readonly Parameter[]): Markup {
  return html`<h3>Parameters</h3>
<dl class="fields">
${parameters.map(
  ({ name, in: place, required, description = '', schema = {} }) => html`<div>
<dt><code>${name}</code> <span class="count">${place}${required ? ', required' : ''}</span></dt>
<dd>${renderSchema(schema)} ${description === schema.description ? '' : description}</dd>
</div>`,
)}
</dl>`;
}

function renderResponse(status: string, response: Operation['responses'][string]): Markup {
  const contents = Object.entries(response.content ?? {});
  return html`<div class="response">
<p><span class="status" data-class="${status.slice(0, 1)}">${status}</span> ${response.description}
${contents.map(([type, { schema = {} }]) => html`<span class="count">${type}</span> ${renderSchema(schema)}`)}</p>
</div>`;
}

function renderProblems(): Markup {
  return html`<section aria-labelledby="problems"><h2 id="problems">Errors</h2>
<p class="count">Every error is <code>application/problem+json</code> (RFC 9457) with one of these codes and the id of its trace.</p>
<div class="panel"><dl class="fields">
${Object.entries(PROBLEMS).map(
  ([code, { status, title }]) =>
    html`<div id="problem-${code}"><dt><code>${code}</code></dt><dd><span class="status" data-class="${String(status).slice(0, 1)}">${status}</span> ${title}</dd></div>`,
)}
</dl></div></section>`;
}

function renderSchemas(schemas: Readonly<Record<string, Schema>>): Markup {
  return html`<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>
${Object.entries(schemas).map(
  ([
    name,
    schema,
  ]) => html`<details class="panel operation" id="schema-${name}"><summary><code>${name}</code> <span class="count">${schema.description ?? ''}</span></summary>
<div class="operation-body">${renderSchema({ ...schema, description: undefined })}</div></details>`,
)}
</section>`;
}

/** A path that can be opened as it is; ids are known only to those who saw them. */
function renderExample(path: string): Markup | '' {
  return path.includes('{') ? '' : html`<p><a href="${path}">Try ${path}</a></p>`;
}
