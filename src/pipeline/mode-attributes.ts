/** What a span says of the two modes of an edge. */

import type { Attributes } from '@opentelemetry/api';
import type { OpportunityEdge } from '../domain/opportunity.ts';
import { ATTR } from '../telemetry/names.ts';

/** Nothing where only inventory is looked at and no balance binds. */
export function toModeAttributes({ mode, modes, cappedBy }: OpportunityEdge): Attributes {
  return {
    ...(mode === undefined ? {} : { [ATTR.mode]: mode }),
    ...(modes === undefined ? {} : toTransferAttributes(modes.transfer)),
    ...(cappedBy === undefined
      ? {}
      : { [ATTR.cappedByExchange]: cappedBy.exchange, [ATTR.cappedByAsset]: cappedBy.asset }),
  };
}

type Transfer = NonNullable<OpportunityEdge['modes']>['transfer'];

function toTransferAttributes(outcome: Transfer): Attributes {
  if (!outcome.found) return { [ATTR.transferRefusal]: outcome.reason.code };
  const { network, feeBps, riskBps, transferMs } = outcome.transfer;
  return {
    [ATTR.transferNetwork]: network,
    [ATTR.transferFeeBps]: feeBps,
    [ATTR.transferRiskBps]: riskBps,
    [ATTR.transferDurationMs]: transferMs,
    [ATTR.transferEdgeBps]: outcome.edgeBps,
  };
}
