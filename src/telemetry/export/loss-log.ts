/** Says when items begin to be lost and when that has ended, once each, instead of once per item. */

import type { Attributes } from '@opentelemetry/api';
import type { DropReason, OtlpSignal } from './export-batch.ts';

export type LossReport =
  | { readonly kind: 'loss_began'; readonly signal: OtlpSignal; readonly reason: DropReason }
  | {
      readonly kind: 'loss_ended';
      readonly signal: OtlpSignal;
      /** Items lost from beginning to end, by reason. */
      readonly droppedCounts: Readonly<Partial<Record<DropReason, number>>>;
      readonly durationMs: number;
    }
  /** The backend refused items, or took them with a remark; said again only when the text changes. */
  | {
      readonly kind: 'backend_said';
      readonly signal: OtlpSignal;
      readonly rejectedCount: number;
      readonly message: string;
    };

/** In words, with what belongs to them. */
export function describeLoss(report: LossReport): readonly [message: string, Attributes] {
  const { kind, signal } = report;
  switch (kind) {
    case 'loss_began':
      return [`${signal} are being lost`, { reason: report.reason }];
    case 'loss_ended':
      return [`${signal} are no longer lost`, { ...report.droppedCounts }];
    case 'backend_said': {
      const { message, rejectedCount } = report;
      return [
        `${signal}: the backend remarked`,
        { reason: message, rejected_count: rejectedCount },
      ];
    }
    default:
      return kind satisfies never;
  }
}

export interface LossLog {
  /** Items were lost. */
  lose(reason: DropReason, itemCount: number, nowMonotonicMs: number): void;
  /** Items arrived that were sent at `sentAtMs`; the loss is over when nothing was lost since then. */
  recover(sentAtMs: number, nowMonotonicMs: number): void;
  /** The backend's remark on a batch. */
  remark(rejectedCount: number, message: string | null): void;
}

export function createLossLog(signal: OtlpSignal, report: (report: LossReport) => void): LossLog {
  let sinceMs: number | null = null;
  let lastLostMs = Number.NEGATIVE_INFINITY;
  let lastMessage: string | null = null;
  let droppedCounts: Partial<Record<DropReason, number>> = {};
  return {
    lose(reason, itemCount, nowMs) {
      droppedCounts[reason] = (droppedCounts[reason] ?? 0) + itemCount;
      lastLostMs = nowMs;
      if (sinceMs !== null) return;
      sinceMs = nowMs;
      report({ kind: 'loss_began', signal, reason });
    },
    recover(sentAtMs, nowMs) {
      if (sinceMs === null || lastLostMs >= sentAtMs) return;
      report({ kind: 'loss_ended', signal, droppedCounts, durationMs: nowMs - sinceMs });
      sinceMs = null;
      droppedCounts = {};
    },
    remark(rejectedCount, message) {
      if (message !== null && message !== lastMessage) {
        report({ kind: 'backend_said', signal, rejectedCount, message });
      }
      lastMessage = message;
    },
  };
}
