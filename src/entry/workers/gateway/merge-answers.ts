/** Answers of all objects as one: counts are added, the worst state counts. The last one is that of the whole market. */

import type { Explanation } from '../../../detect/explain/explain.ts';
import type { Funnel, FunnelStage, ReasonCount } from '../../../detect/explain/funnel.ts';
import type { Readiness, StatusJson } from '../../../http/schemas/status.ts';
import { addByKey } from './add-by-key.ts';

type Counts = Readonly<Record<string, unknown>>;

const STATES = ['ok', 'running', 'off', 'ended', 'starting', 'degraded', 'failed'];

/** The one that stands last in `STATES`. */
function worstOf<State extends string>(states: readonly State[], none: State): State {
  return states.reduce(
    (worst, state) => (STATES.indexOf(state) > STATES.indexOf(worst) ? state : worst),
    none,
  );
}

/** The first of them with every `…Count` summed, also in records of counts. */
function sumCounts<Part extends object>(parts: readonly Part[], like: Part): Part {
  const summed: Record<string, unknown> = Object.fromEntries(Object.entries(like));
  for (const [name, value] of Object.entries(like)) {
    const values = parts.map((part) => (part as Counts)[name]);
    if (typeof value === 'number' && name.endsWith('Count'))
      summed[name] = values.reduce(addNumbers, 0);
    if (name.endsWith('Counts')) summed[name] = values.reduce(addRecords, {});
  }
  return summed as Part;
}

function addNumbers(sum: unknown, value: unknown): number {
  return Number(sum) + Number(value);
}

function addRecords(sum: unknown, value: unknown): Record<string, number> {
  const total: Record<string, number> = { ...(sum as Record<string, number>) };
  for (const [name, count] of Object.entries(value as Record<string, number>)) {
    total[name] = (total[name] ?? 0) + count;
  }
  return total;
}

/** Updates and screening are those of the whole market, which gets every quote. */
export function mergeStatus(answers: readonly StatusJson[]): StatusJson | null {
  const whole = answers.at(-1);
  if (whole === undefined) return null;
  const pipelines = answers.map(({ pipeline }) => pipeline);
  const outboxes = answers.flatMap(({ outbox }) => outbox ?? []);
  const { updatesCount } = whole.pipeline;
  const state = worstOf(
    pipelines.map((each) => each.state),
    whole.pipeline.state,
  );
  return {
    ...whole,
    pipeline: { ...sumCounts(pipelines, whole.pipeline), updatesCount, state },
    ...(whole.outbox === undefined ? {} : { outbox: sumCounts(outboxes, whole.outbox) }),
  };
}

/** What every object has. */
type Component = Exclude<keyof Readiness['components'], 'shards'>;

/** @param names - of the objects, for the details. */
export function mergeReadiness(
  answers: readonly Readiness[],
  names: readonly string[],
): Readiness | null {
  const whole = answers.at(-1);
  if (whole === undefined) return null;
  const merge = <Name extends Component>(name: Name) => {
    const parts = answers.map(({ components }) => components[name]);
    const like = whole.components[name];
    const summed = name === 'feed' ? like : sumCounts(parts, like);
    const details = parts.flatMap(({ detail }, index) =>
      detail === null ? [] : `${names[index]}: ${detail}`,
    );
    return {
      ...summed,
      state: worstOf(
        parts.map(({ state }) => state),
        like.state,
      ),
      detail: details.length === 0 ? null : details.join(' '),
    };
  };
  return {
    ready: answers.every(({ ready }) => ready),
    atMs: whole.atMs,
    components: {
      kernel: merge('kernel'),
      feed: merge('feed'),
      store: merge('store'),
      cache: merge('cache'),
      exporter: merge('exporter'),
    },
  };
}

export type ExplanationJson = Explanation & {
  readonly source: string;
  readonly symbol: string | null;
};

/** Pairs are explained by their objects, cycles by the last one, that of the whole market. */
export function mergeExplanations(
  answers: readonly ExplanationJson[],
  limit: number,
): ExplanationJson | null {
  const pairs = answers.slice(0, -1);
  const [first] = pairs;
  const whole = answers.at(-1);
  if (first === undefined || whole === undefined) return null;
  const ofCycles = whole.nearMisses.filter(({ kind }) => kind === 'cycle');
  const nearMisses = [...pairs.flatMap((answer) => answer.nearMisses), ...ofCycles]
    .sort((a, b) => a.missingBps - b.missingBps || a.missingMs - b.missingMs)
    .slice(0, limit);
  return {
    ...sumCounts(pairs, first),
    funnel: mergeFunnels(
      pairs.map(({ funnel }) => funnel),
      first.funnel,
    ),
    cycles: whole.cycles,
    nearMisses,
    symbolsWithoutPair: pairs.flatMap((answer) => answer.symbolsWithoutPair),
  };
}

function mergeFunnels(funnels: readonly Funnel[], like: Funnel): Funnel {
  return {
    ...sumCounts(funnels, like),
    marketReasons: mergeReasons(funnels.map(({ marketReasons }) => marketReasons)),
    stages: like.stages.map((stage, index) =>
      mergeStages(
        funnels.flatMap(({ stages }) => stages[index] ?? []),
        stage,
      ),
    ),
  };
}

function mergeStages(stages: readonly FunnelStage[], like: FunnelStage): FunnelStage {
  return { ...sumCounts(stages, like), lost: mergeReasons(stages.map(({ lost }) => lost)) };
}

function mergeReasons(lists: readonly (readonly ReasonCount[])[]): readonly ReasonCount[] {
  return addByKey(lists.flat(), ({ code }) => code).sort((a, b) => b.count - a.count);
}
