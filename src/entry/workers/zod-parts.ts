/**
 * Of `zod` what the schemas of `src/http` use. The whole package is a third of the Worker's size: its namespace `z` keeps
 * every type, JSON Schema both ways, and error texts in fifty languages, which no answer carries. Only the bundler of
 * Workers takes this file instead of the package (`[alias]` in `wrangler.toml`); a test holds it against what is used.
 */

export {
  array,
  boolean,
  discriminatedUnion,
  enum,
  literal,
  looseObject,
  null,
  number,
  object,
  record,
  strictObject,
  string,
  tuple,
  union,
  unknown,
  ZodType,
} from '../../../node_modules/zod/v4/classic/schemas.js';
