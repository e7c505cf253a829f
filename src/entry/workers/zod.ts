/** Stands in for the package `zod` in the bundle of Workers; see `zod-parts.ts`. */

import * as z from './zod-parts.ts';

export * from './zod-parts.ts';
export { z };
