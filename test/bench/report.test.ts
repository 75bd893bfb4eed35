// Goal: table, chart and bounds say what was measured, as medians of the turns and ratios within each round.
// Method: series with figures that the test chooses.
import { describe, expect, it } from 'vitest';
import { chartOf } from '../../bench/chart.ts';
import { describeScenario } from '../../bench/describe-scenario.ts';
import type { Figures } from '../../bench/figures.ts';
import { goalLines } from '../../bench/goals.ts';
import { assignCores } from '../../bench/machine.ts';
import { parseStat, readUsage, usageBetween } from '../../bench/process-usage.ts';
import { resultTable } from '../../bench/result-table.ts';
import type { Series } from '../../bench/run-bench.ts';
import { SCENARIOS } from '../../bench/scenarios.ts';
import { smokeLines } from '../../bench/smoke-bounds.ts';
import { ratioOf, spreadOf } from '../../bench/spread.ts';

function figures(perSecond: number, more: Partial<Figures> = {}): Figures {
  return {
    perSecond,
    serverMicros: 12.34,
    threadMicros: { store: 3.3, main: 9, idle: 0.01 },
    loadMicros: 5,
    rssMiB: 100,
    loopDelayP99Ms: undefined,
    latencies: { round: { p50: 1, p99: 2, p999: 3 } },
    fsync: { p50Ms: 0.2, p99Ms: 1 },
    counts: { sent: 1, accepted: 1, due: 1, delivered: 1, acknowledged: 1 },
    ...more,
  };
}

function series(name: string, rates: readonly number[], more: Partial<Figures> = {}): Series {
  return {
    scenario: { kind: 'rounds', name: 'some', bytes: 256, pairs: 1, batch: 1, window: 1 },
    peer: { name, version: '1', configuration: '', acknowledgement: '', client: '' },
    turns: rates.map((rate) => figures(rate, more)),
  };
}

describe('a spread', () => {
  it('has the middle value that was measured, and the ends', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2, min: 1, max: 4 });
    expect(spreadOf([]).median).toBeNaN();
  });

  it('of ratios compares what was measured in the same round', () => {
    // The second round was slow for both: the ratio of the medians would be 2.
    expect(ratioOf([300, 30, 200], [100, 10, 100])).toEqual({ median: 3, min: 2, max: 3 });
  });
});

describe('the table', () => {
  it('has a row a series, compared to the first of its scenario', () => {
    const rows = resultTable([
      series('bus', [100_000, 90_000, 110_000]),
      series('peer', [50_000, 45_000, 11_000]),
    ]).split('\n');
    expect(rows).toHaveLength(4);
    expect(rows[2]).toContain(
      '| some | bus | 100,000 (90,000 – 110,000) | 1.00 | 12.3 | main 9.0, store 3.3 | 5.0 | 1.00 | 2.00 | 3.00 | 0.20 | – | 100 |',
    );
    expect(rows[3]).toContain('| some | peer | 45,000 (11,000 – 50,000) | 0.50 |');
  });

  it('leaves out whom nothing is known of', () => {
    expect(resultTable([series('failed', [])]).split('\n')).toHaveLength(2);
    expect(
      resultTable([
        series('limit', [1], { serverMicros: undefined, rssMiB: undefined, threadMicros: {}, latencies: {} }),
      ]),
    ).toContain('| – | – | 5.0 | – | – | – | 0.20 | – | – |');
  });
});

describe('the chart', () => {
  it('draws a bar for each series, as long as its median, and escapes what is written', () => {
    const svg = chartOf(
      [series('bus & <co>', [100, 200, 300]), series('peer', [50, 100, 500])],
      'one line\nand another',
    );
    const widths = [...svg.matchAll(/<rect x="\d+" y="\d+" width="([\d.]+)"/g)].map(([, width]) => Number(width));
    expect(widths).toHaveLength(2);
    expect((widths[0] ?? 0) / (widths[1] ?? 1)).toBeCloseTo(2, 2);
    expect(svg).toContain('bus &amp; &lt;co&gt;');
    expect(svg).toContain('and another');
    expect(svg).toContain('200 (100 – 300), 12.3 us of the server each');
    expect(svg.match(/<svg /g)).toHaveLength(1);
    expect(svg.trimEnd().endsWith('</svg>')).toBe(true);
  });
});

describe('the smoke', () => {
  const bounds = [{ scenario: 'some', limit: 'log', atLeast: 0.5 }];

  it('says whether a ratio is as it should be', () => {
    expect(smokeLines([series('agentbus', [60]), series('limit: log', [100])], bounds)[0]).toMatch(/0\.60 .* fine$/);
    expect(smokeLines([series('agentbus', [40]), series('limit: log', [100])], bounds)[0]).toMatch(/0\.40 .* LOW$/);
    expect(smokeLines([series('agentbus', [40])], bounds)[0]).toMatch(/not measured$/);
  });
});

describe('the use of processor time', () => {
  it('is read behind a name with spaces and brackets', () => {
    const line = `123 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20`;
    expect(parseStat(line)).toEqual({ name: 'a (b) c', micros: 2_000_000 });
    expect(parseStat('')).toEqual({ name: '', micros: 0 });
  });

  it('is told for each thread between two readings', () => {
    const before = { totalMicros: 10, threads: { main: 5, worker: 5 } };
    const after = { totalMicros: 40, threads: { main: 25, worker: 10, fresh: 5 } };
    expect(usageBetween(before, after)).toEqual({ totalMicros: 30, threads: { main: 20, worker: 5, fresh: 5 } });
  });

  it('of a process that is gone is nothing', () => {
    expect(readUsage([2 ** 30])).toEqual({ totalMicros: 0, threads: {} });
  });
});

describe('the scenarios', () => {
  it('have names of their own, and windows of whole batches', () => {
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
    for (const scenario of SCENARIOS)
      if (scenario.kind === 'rounds') expect(scenario.window % scenario.batch, scenario.name).toBe(0);
  });
});

describe('the words for a scenario', () => {
  it('say what is under way', () => {
    const words = (name: string) => SCENARIOS.filter((each) => each.name === name).map(describeScenario)[0];
    expect(words('rounds-1k-json-p16-b16')).toBe('1 KiB of JSON, 16 pairs of agents, 16 a frame, 2,048 under way');
    expect(words('lone')).toBe('256 B, one message at a time');
    expect(words('open-2000')).toContain('one by one, 2,000 messages/s on a timetable');
    expect(words('watch-100')).toContain('100 watchers');
  });
});

describe('cores', () => {
  it('are shared out where processes can be pinned and there are enough of them', () => {
    expect(assignCores(4, true)).toEqual({ serverCores: '0-1', loadCores: '2-3' });
    expect(assignCores(2, true)).toEqual({ serverCores: undefined, loadCores: undefined });
    expect(assignCores(8, false)).toEqual({ serverCores: undefined, loadCores: undefined });
  });
});

describe('the goals', () => {
  it('are compared to what was measured, and to the disk of the same minute', () => {
    const named = (name: string, rates: readonly number[], more: Partial<Figures> = {}): Series => {
      const each = series('agentbus', rates, more);
      return { ...each, scenario: { ...each.scenario, name } };
    };
    const fsync = { p50Ms: 0.2, p99Ms: 1 };
    const latencies = { round: { p50: 1.05, p99: 6, p999: 7 } };
    expect(
      goalLines([
        named('rounds-256-p16-b64', [99_000, 101_000, 120_000], { serverMicros: 10.5 }),
        named('lone', [900], { fsync, latencies }),
        named('open-2000', [2_000], { latencies }),
      ]),
    ).toEqual([
      'reached  rounds-256-p16-b64, durable rounds/s: 101,000, at least 100,000',
      'MISSED   rounds-256-p16-b64, server us a durable round: 10.50, at most 10.00',
      'reached  lone, p50 ms of a lone durable round trip, beside 3 fsyncs + 0.5 ms: 1.05, at most 1.10',
      'MISSED   open-2000, p99 ms at 2,000 messages/s: 6.00, at most 5.00',
    ]);
  });
});
