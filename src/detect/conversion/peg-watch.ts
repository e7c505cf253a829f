/** Watches assets that should be worth one of another: an alarm is on while the distance is too great. */

import type { ConversionFailure } from './convert.ts';
import type { Valuer } from './valuation.ts';

/** `asset` should be worth one `reference`. */
export interface Peg {
  readonly asset: string;
  readonly reference: string;
}

export interface PegState extends Peg {
  /** Units of the reference for one unit, the middle of the best prices; null when not known. */
  readonly rate: number | null;
  /** Distance from one, basis points, negative below; null when not known. */
  readonly distanceBps: number | null;
  /** Why the rate is not known; null when it is. */
  readonly reason: ConversionFailure | null;
  /** On above the configured distance; off again at half of it. It stays on while the rate is not known. */
  readonly isDepegged: boolean;
  /** Beginning of the alarm, milliseconds since the epoch; null when it is off. */
  readonly depeggedAtMs: number | null;
}

export interface PegWatch {
  /** @returns the pegs whose alarm went on or off. */
  observe(valuer: Valuer, nowMs: number): readonly PegState[];
  /** As of the last observation; pegs of assets that no market trades are left out. */
  states(): readonly PegState[];
}

/** An alarm goes off at this share of the distance at which it goes on. */
const CLOSE_RATIO = 0.5;

/** @param depegBps - the alarm goes on above this distance, basis points. */
export function createPegWatch(pegs: readonly Peg[], depegBps: number): PegWatch {
  let states: readonly PegState[] = [];
  return {
    observe: (valuer, nowMs) => {
      const before = new Map(states.map((state) => [keyOf(state), state]));
      const all = pegs.map((peg) =>
        toState(peg, before.get(keyOf(peg)) ?? null, valuer, depegBps, nowMs),
      );
      states = all.filter(({ reason, isDepegged }) => reason !== 'asset_unknown' || isDepegged);
      return states.filter(
        (state) => state.isDepegged !== (before.get(keyOf(state))?.isDepegged ?? false),
      );
    },
    states: () => states,
  };
}

function toState(
  peg: Peg,
  before: PegState | null,
  valuer: Valuer,
  depegBps: number,
  nowMs: number,
): PegState {
  const value = valuer.valueOf(peg.asset, peg.reference);
  const wasDepegged = before?.isDepegged ?? false;
  const distanceBps = value.found ? (value.rate - 1) * 10_000 : null;
  const limitBps = wasDepegged ? depegBps * CLOSE_RATIO : depegBps;
  const isDepegged = distanceBps === null ? wasDepegged : Math.abs(distanceBps) > limitBps;
  return {
    ...peg,
    rate: value.found ? value.rate : null,
    distanceBps,
    reason: value.found ? null : value.reason,
    isDepegged,
    depeggedAtMs: isDepegged ? (before?.depeggedAtMs ?? nowMs) : null,
  };
}

function keyOf({ asset, reference }: Peg): string {
  return `${asset}/${reference}`;
}
