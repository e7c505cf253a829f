/** The two samplers that never look: by the official names, by which a provider knows them and does not ask. */

import type { Sampler } from '@opentelemetry/sdk-trace-base';
import { DROP, SAMPLE } from './decision.ts';

export const ALWAYS_ON: Sampler = {
  shouldSample: () => SAMPLE,
  toString: () => 'AlwaysOnSampler',
};

export const ALWAYS_OFF: Sampler = {
  shouldSample: () => DROP,
  toString: () => 'AlwaysOffSampler',
};
