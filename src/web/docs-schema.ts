/** JSON Schema, as far as the API uses it, in words. */

import { html } from 'hono/html';
import type { Markup } from './markup.ts';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string | undefined;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** One schema: a type in a word, or a list of fields for an object. */
export function renderSchema(schema: Schema): Markup {
  const { properties, description = '' } = schema;
  if (schema.items?.properties !== undefined) {
    return html`<span class="type">list of</span> ${description}${renderSchema(schema.items)}`;
  }
  if (schema.allOf !== undefined) return html`${schema.allOf.map(renderPart)}`;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    return html`${choices.map((choice, index) => html`${index === 0 ? '' : html` <span class="count">or</span> `}${renderSchema(choice)}`)} ${description}`;
  }
  if (properties === undefined) {
    return html`<span class="type">${renderType(schema)}</span> ${description}`;
  }
  return html`<dl class="fields">${Object.entries(properties).map(
    ([name, field]) =>
      html`<div><dt><code>${name}</code>${schema.required?.includes(name) ? '' : html` <span class="count">optional</span>`}</dt><dd>${renderSchema(field)}</dd></div>`,
  )}</dl>`;
}

/** A part of an intersection; one that only describes has no type of its own. */
function renderPart(part: Schema): Markup {
  const isRemark = Object.keys(part).every((key) => key === 'description');
  return isRemark ? html`${part.description ?? ''}` : html`${renderSchema(part)} `;
}

function renderType(schema: Schema): Markup {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return html`${JSON.stringify(schema.const)}`;
  if (schema.enum !== undefined) return html`${schema.enum.map(String).join(' | ')}`;
  const types = [schema.type ?? 'any'].flat().join(' | ');
  if (schema.items !== undefined) return html`list of ${renderSchema(schema.items)}`;
  if (schema.prefixItems !== undefined) {
    return html`[${schema.prefixItems.map((item, index) => html`${index === 0 ? '' : ', '}${renderSchema(item)}`)}]`;
  }
  if (typeof schema.additionalProperties === 'object') {
    return html`by name: ${renderSchema(schema.additionalProperties)}`;
  }
  return html`${types}${toRange(schema)}`;
}

function toRange({ minimum, maximum }: Schema): string {
  if (minimum === undefined && maximum === undefined) return '';
  if (maximum === undefined) return ` ≥ ${minimum}`;
  return minimum === undefined ? ` ≤ ${maximum}` : ` ${minimum} … ${maximum}`;
}
