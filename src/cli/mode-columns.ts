/** Columns of a table that tell the modes of an opportunity side by side. */

import type { OpportunityEdge } from '../domain/opportunity.ts';
import type { Column } from './table.ts';

interface Shown {
  readonly mode?: OpportunityEdge['mode'] | undefined;
  readonly modes?: OpportunityEdge['modes'] | undefined;
}

/** @param edgeOf - the edge that a row tells of. */
export function toModeColumns<Row>(edgeOf: (row: Row) => Shown): readonly Column<Row>[] {
  return [
    { title: 'MODE', cell: (row) => edgeOf(row).mode ?? '' },
    {
      title: 'INVENTORY BPS',
      align: 'right',
      cell: (row) => toOutcomeText(edgeOf(row).modes?.inventory),
    },
    {
      title: 'TRANSFER BPS',
      align: 'right',
      cell: (row) => toOutcomeText(edgeOf(row).modes?.transfer),
    },
    { title: 'NETWORK', cell: (row) => networkOf(edgeOf(row)) },
  ];
}

function toOutcomeText(
  outcome: NonNullable<OpportunityEdge['modes']>['inventory'] | undefined,
): string {
  if (outcome === undefined) return '';
  return outcome.found ? outcome.edgeBps.toFixed(2) : outcome.reason.code.replaceAll('_', ' ');
}

function networkOf({ modes }: Shown): string {
  return modes?.transfer.found === true ? modes.transfer.transfer.network : '';
}
