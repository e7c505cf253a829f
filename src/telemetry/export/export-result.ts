/** How an official exporter answers; its enum is a type here, so that the SDK is not loaded for it. */

import type { ExportResult, ExportResultCode } from '@opentelemetry/core';

/** `ExportResultCode.SUCCESS` of core 2.x. */
export const SUCCESS: ExportResultCode = 0;

/** `ExportResultCode.FAILED` of core 2.x. */
const FAILED: ExportResultCode = 1;

export function toFailure(error: Error): ExportResult {
  return { code: FAILED, error };
}
