// Goal: a run measures all in turns, and ends with faults when anything is lost, left over or broken.
// Method: servers that exist in the test alone, and lie in one way each.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Counts, LoadResult, Peer, RunningPeer, Scenario } from '../../bench/peer.ts';
import { runBench } from '../../bench/run-bench.ts';

const scenario: Scenario = { kind: 'rounds', name: 'some', bytes: 1, pairs: 1, batch: 1, window: 1 };
const allWell: Counts = { sent: 7, accepted: 7, due: 7, delivered: 7, acknowledged: 7 };

interface Lie {
  readonly name?: string;
  readonly counts?: Partial<Counts>;
  readonly running?: Partial<RunningPeer>;
  readonly start?: () => Promise<never>;
  readonly takes?: boolean;
}

async function run({ rounds = 1, lies = [] }: { rounds?: number; lies?: readonly Lie[] }) {
  const dir = mkdtempSync(join(tmpdir(), 'agentbus-bench-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const turns: string[] = [];
  const peers = lies.map(
    ({ name = 'peer', counts, running, start, takes = true }): Peer => ({
      name,
      version: '1',
      configuration: '',
      acknowledgement: '',
      client: '',
      takes: () => takes,
      start:
        start ??
        (async () => ({
          pids: [process.pid],
          async run(_, { began, ended }): Promise<LoadResult> {
            turns.push(name);
            began();
            ended();
            const latencies = { round: [[1_500, 3]] as const };
            return { seconds: 2, rounds: 100, counts: { ...allWell, ...counts }, latencies, loadCpuMicros: 300 };
          },
          stop: async () => undefined,
          ...running,
        })),
    }),
  );
  const result = await runBench({
    peers,
    scenarios: [scenario],
    rounds,
    warmUpSeconds: 0,
    seconds: 0,
    dir,
    serverCores: undefined,
    loadCores: undefined,
    report: () => undefined,
  });
  expect(readdirSync(dir)).toEqual([]);
  return { ...result, turns };
}

describe('a run', () => {
  it('gives each server a turn a round, each round in another order, and leaves out whom the scenario means nothing to', async () => {
    const { turns, series, faults } = await run({
      rounds: 3,
      lies: [{ name: 'a' }, { name: 'b' }, { name: 'none', takes: false }, { name: 'c' }],
    });
    expect(turns.join('')).toBe('abcbcacab');
    expect(series.map(({ peer, turns }) => [peer.name, turns.length])).toEqual([
      ['a', 3],
      ['b', 3],
      ['c', 3],
    ]);
    expect(faults).toEqual([]);
  });

  it('makes figures of what it saw', async () => {
    const { series } = await run({ lies: [{ running: { loopDelayP99Ms: async () => 4 } }] });
    expect(series[0]?.turns[0]).toMatchObject({
      perSecond: 50,
      loadMicros: 3,
      loopDelayP99Ms: 4,
      latencies: { round: { p50: expect.closeTo(1.5, 1) } },
    });
  });

  it.each([
    ['loses a message that it accepted', { counts: { delivered: 6, acknowledged: 6 } }, '6 of 7 deliveries came'],
    ['does not accept what was sent', { counts: { accepted: 5 } }, '5 of 7 messages were accepted'],
    ['confirms no acknowledgement', { counts: { acknowledged: 6 } }, '6 of 7 deliveries were acknowledged'],
    ['moves nothing', { counts: { sent: 0, accepted: 0, due: 0, delivered: 0, acknowledged: 0 } }, 'nothing was sent'],
    ['keeps messages at the end', { running: { depth: async () => 2 } }, '2 messages were left over'],
    ['fails', { running: { run: () => Promise.reject(new Error('broken pipe')) } }, 'broken pipe'],
    ['does not start', { start: () => Promise.reject(new Error('port in use')) }, 'port in use'],
    ['does not stop', { running: { stop: () => Promise.reject(new Error('it hangs')) } }, 'it hangs'],
  ] satisfies readonly [string, Lie, string][])('has a fault when a server %s', async (_, lie, fault) => {
    const { faults, turns } = await run({ lies: [lie, { name: 'another' }] });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
    expect(turns).toContain('another');
  });
});
