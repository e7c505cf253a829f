/** Judges responses by the OpenAPI document that the app itself gives. */

import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, { readonly get?: Operation }>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, object>> };
}

/** What is wrong with `response` as an answer of `path` (as in the document); empty when nothing is. */
export async function judgeResponse(
  document: OpenApiDocument,
  path: string,
  response: Response,
): Promise<readonly string[]> {
  const declared = document.paths[path]?.get?.responses[String(response.status)];
  if (declared === undefined) return [`${path}: status ${response.status} is not declared`];
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const schema = declared.content?.[type]?.schema;
  if (schema === undefined) return [`${path}: content type ${type} is not declared`];
  if (!type.endsWith('json')) return [];
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  const closed = closeObjects({ ...schema, components: document.components ?? {} });
  const validate = ajv.compile(closed as object);
  const isValid = validate(await response.clone().json());
  return isValid
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

/** Refuses fields that the document does not name. */
function closeObjects(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closeObjects);
  if (typeof schema !== 'object' || schema === null) return schema;
  const closed = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, closeObjects(value)]),
  );
  return 'properties' in schema && 'type' in schema && schema.type === 'object'
    ? { ...closed, unevaluatedProperties: false }
    : closed;
}
