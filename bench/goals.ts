import type { Figures } from './figures.ts';
import { latencyOf } from './result-table.ts';
import type { Series } from './run-bench.ts';
import { spreadOf } from './spread.ts';

/** What the bus is to reach on one node of four cores, by clients that batch. */
interface Goal {
  readonly scenario: string;
  readonly what: string;
  /** The figure, or what it is to be compared to, which may depend on the disk. */
  measured(turn: Figures): number | undefined;
  wanted(turn: Figures): number;
  /** Whether less is better. */
  readonly atMost?: boolean;
}

const perSecond = ({ perSecond }: Figures) => perSecond;
const serverMicros = ({ serverMicros }: Figures) => serverMicros;

const GOALS: readonly Goal[] = [
  { scenario: 'rounds-256-p16-b64', what: 'durable rounds/s', measured: perSecond, wanted: () => 100_000 },
  { scenario: 'rounds-1k-p16-b16', what: 'durable rounds/s', measured: perSecond, wanted: () => 70_000 },
  {
    scenario: 'rounds-256-p16-b64',
    what: 'server us a durable round',
    measured: serverMicros,
    wanted: () => 10,
    atMost: true,
  },
  { scenario: 'unary-256', what: 'unary SendMessage/s', measured: perSecond, wanted: () => 15_000 },
  {
    scenario: 'lone',
    what: 'p50 ms of a lone durable round trip, beside 3 fsyncs + 0.5 ms',
    measured: (turn) => latencyOf(turn)?.p50,
    wanted: ({ fsync }) => 3 * fsync.p50Ms + 0.5,
    atMost: true,
  },
  {
    scenario: 'open-2000',
    what: 'p99 ms at 2,000 messages/s',
    measured: (turn) => latencyOf(turn)?.p99,
    wanted: () => 5,
    atMost: true,
  },
];

/** A line for each goal that was measured: medians of the first series of its scenario, which is the bus. */
export function goalLines(series: readonly Series[]): string[] {
  return GOALS.flatMap(({ scenario, what, measured, wanted, atMost = false }) => {
    const turns = series.find((each) => each.scenario.name === scenario)?.turns ?? [];
    const is = spreadOf(turns.flatMap((turn) => measured(turn) ?? [])).median;
    const goal = spreadOf(turns.map(wanted)).median;
    if (Number.isNaN(is)) return [];
    const isMet = atMost ? is <= goal : is >= goal;
    return [
      `${isMet ? 'reached' : 'MISSED '}  ${scenario}, ${what}: ${rounded(is)}, ${atMost ? 'at most' : 'at least'} ${rounded(goal)}`,
    ];
  });
}

function rounded(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
}
