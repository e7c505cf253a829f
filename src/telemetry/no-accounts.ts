/** The books of what exports nothing. */

import type { ExportAccounts } from './export/accounts.ts';

export const NO_ACCOUNTS: ExportAccounts = {
  startedCount: 0,
  exportedCount: 0,
  rejectedCount: 0,
  droppedCounts: {},
  queuedCount: 0,
};
