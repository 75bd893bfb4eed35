import { markdownTable } from '../scripts/markdown-table.ts';
import type { Figures, Quantiles } from './figures.ts';
import type { Series } from './run-bench.ts';
import { ratioOf, type Spread, spreadOf } from './spread.ts';

const HEAD = [
  'scenario',
  'server',
  'per second, median (min – max)',
  'ratio to the first',
  'server us each',
  'by thread',
  'load us each',
  'p50 ms',
  'p99 ms',
  'p99.9 ms',
  'fsync ms',
  'loop p99 ms',
  'RSS MiB',
];

/** What rounds to something. */
const LEAST_MICROS = 0.05;

/** All series as a table in Markdown. Latencies are of the whole round; where there is none, of the delivery. */
export function resultTable(series: readonly Series[]): string {
  return markdownTable(
    HEAD,
    series.filter(({ turns }) => turns.length > 0).map((each) => rowOf(each, baseOf(each, series))),
  );
}

/** The first series of the same scenario. */
function baseOf({ scenario }: Series, series: readonly Series[]): Series | undefined {
  return series.find((each) => each.scenario.name === scenario.name);
}

function rowOf({ scenario, peer, turns }: Series, base: Series | undefined): string[] {
  const of = (pick: (turn: Figures) => number | undefined) => spreadOf(turns.flatMap((turn) => pick(turn) ?? []));
  const latency = (pick: (quantiles: Quantiles) => number) =>
    decimals(of((turn) => optional(latencyOf(turn), pick)).median, 2);
  const rates = turns.map(({ perSecond }) => perSecond);
  const ratio = ratioOf(rates, base?.turns.map(({ perSecond }) => perSecond) ?? []);
  return [
    scenario.name,
    peer.name,
    withRange(spreadOf(rates), thousands),
    decimals(ratio.median, 2),
    decimals(of(({ serverMicros }) => serverMicros).median, 1),
    threadsOf(turns),
    decimals(of(({ loadMicros }) => loadMicros).median, 1),
    latency(({ p50 }) => p50),
    latency(({ p99 }) => p99),
    latency(({ p999 }) => p999),
    decimals(of(({ fsync }) => fsync.p50Ms).median, 2),
    decimals(of(({ loopDelayP99Ms }) => loopDelayP99Ms).median, 2),
    decimals(of(({ rssMiB }) => rssMiB).median, 0),
  ];
}

/** What each thread of the server used, the busiest first; what is nearly nothing is left out. */
function threadsOf(turns: readonly Figures[]): string {
  const names = [...new Set(turns.flatMap(({ threadMicros }) => Object.keys(threadMicros)))];
  const used = names
    .map((name) => ({ name, micros: spreadOf(turns.map(({ threadMicros }) => threadMicros[name] ?? 0)).median }))
    .filter(({ micros }) => micros >= LEAST_MICROS)
    .toSorted((a, b) => b.micros - a.micros)
    .map(({ name, micros }) => `${name} ${micros.toFixed(1)}`);
  return used.length === 0 ? '–' : used.join(', ');
}

/** The latency that says most of a turn. */
export function latencyOf({ latencies }: Figures): Quantiles | undefined {
  return latencies.round ?? latencies.delivered ?? latencies.accepted;
}

function optional<Value>(value: Value | undefined, pick: (value: Value) => number): number | undefined {
  return value === undefined ? undefined : pick(value);
}

function withRange({ median, min, max }: Spread, format: (value: number) => string): string {
  return `${format(median)} (${format(min)} – ${format(max)})`;
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function decimals(value: number, digits: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(digits);
}
