/** The two modes of an opportunity side by side: what each leaves, or why it leaves nothing. */

import { isTransferReason, toTransferSentence } from '../../detect/explain/transfer-sentence.ts';
import type { OpportunityJson } from './api.ts';
import { element } from './dom.ts';
import { formatBps, formatCode, formatDecimal, formatDuration, formatMoney } from './format.ts';

type Modes = NonNullable<OpportunityJson['last']['modes']>;
type Transfer = Extract<Modes['transfer'], { found: true }>['transfer'];

/** Nothing where no network is known. */
export function createModes({ last, base, quote }: OpportunityJson): readonly HTMLElement[] {
  const { modes, mode } = last;
  if (modes === undefined) return [];
  const way = modes.transfer.found ? [createWay(modes.transfer.transfer, base, quote)] : [];
  return [
    element(
      'div',
      { class: 'legs modes' },
      createMode('From inventory', modes.inventory, mode === 'inventory', base, quote),
      createMode('By transfer', modes.transfer, mode === 'transfer', base, quote, ...way),
    ),
  ];
}

function createMode(
  title: string,
  outcome: Modes['inventory'],
  isChosen: boolean,
  base: string,
  quote: string,
  ...details: readonly HTMLElement[]
): HTMLElement {
  const head = element('p', { class: 'mode-title' }, title, isChosen ? ' (counted above)' : '');
  if (!outcome.found) {
    const why = element('p', { class: 'leg-note' }, toReasonText(outcome.reason));
    return element('div', { class: 'leg' }, head, why);
  }
  const { edgeBps, sizeInBase, profitInQuote, cappedBy } = outcome;
  const size = `${formatDecimal(sizeInBase, 5)} ${base}`;
  const profit = `${formatMoney(profitInQuote)} ${quote}`;
  return element(
    'div',
    { class: 'leg' },
    head,
    element('p', { title: sizeInBase }, `${formatBps(edgeBps)} bps on ${size}: ${profit}`),
    ...(cappedBy === null
      ? []
      : [
          element(
            'p',
            { class: 'leg-note' },
            `limited by ${cappedBy.balanceInAsset} ${cappedBy.asset} held on ${cappedBy.exchange}`,
          ),
        ]),
    ...details,
  );
}

function toReasonText(reason: Extract<Modes['inventory'], { found: false }>['reason']): string {
  return isTransferReason(reason) ? toTransferSentence(reason) : formatCode(reason.code);
}

function createWay(transfer: Transfer, base: string, quote: string): HTMLElement {
  const { network, feeInBase, feeInQuote, feeBps, transferMs, isTimeAssumed, riskBps } = transfer;
  const fee = `${formatDecimal(feeInBase, 5)} ${base} (${formatMoney(feeInQuote)} ${quote}, ${formatBps(feeBps)} bps)`;
  const time = `${formatDuration(transferMs)}${isTimeAssumed ? ', assumed' : ''}`;
  return element(
    'p',
    { class: 'leg-note' },
    `${network}: fee ${fee} · ${time} · price risk ${formatBps(riskBps)} bps`,
  );
}
