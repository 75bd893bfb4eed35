// Goal: every kind of load moves messages through a real bus and through the limits, and all that it sends comes to its end.
// Method: a short turn of each, small, in real processes over real sockets; nothing is asserted of how fast it was.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBusPeer } from '../../bench/bus/bus-peer.ts';
import { lossesOf } from '../../bench/figures.ts';
import { createAppendLog } from '../../bench/limits/append-log.ts';
import { createPassThrough } from '../../bench/limits/pass-through.ts';
import { createUnaryLimit } from '../../bench/limits/unary.ts';
import type { Peer, RunningPeer, Scenario } from '../../bench/peer.ts';

const rounds = { kind: 'rounds', bytes: 256, pairs: 3, batch: 4, window: 16 } as const;
const calls = { bytes: 256, agents: 4, window: 8 } as const;
const PAIRS: readonly Scenario[] = [
  { ...rounds, name: 'batched' },
  { ...rounds, name: 'one by one', batch: 1 },
  { ...rounds, name: 'alone', pairs: 1, batch: 1, window: 1 },
  { ...rounds, name: 'JSON of 20 KiB', bytes: 20_480, content: 'json' },
  { ...rounds, name: 'open loop', batch: 1, rate: 200 },
];
const OTHERS: readonly Scenario[] = [
  { ...calls, kind: 'unary', name: 'unary calls' },
  { ...calls, kind: 'unary-rounds', name: 'unary calls for each step' },
  { ...calls, kind: 'json', name: 'JSON calls' },
  { ...calls, kind: 'sync', name: 'calls that wait for the answer' },
  { ...calls, kind: 'fan-out', name: 'one to all' },
  { ...calls, kind: 'watch', name: 'watchers' },
  { ...calls, kind: 'typed', name: 'the typed client' },
];

describe.each<[string, Peer, readonly Scenario[]]>([
  ['the bus', createBusPeer(), [...PAIRS, ...OTHERS]],
  ['the pass-through', createPassThrough(), PAIRS],
  ['the bare unary server', createUnaryLimit(), OTHERS.filter(({ kind }) => kind === 'unary')],
  ['the append log', createAppendLog(), PAIRS],
])('%s', (_, peer, scenarios) => {
  const dir = mkdtempSync(join(tmpdir(), 'agentbus-bench-test-'));
  let running: RunningPeer | undefined;

  beforeAll(async () => {
    running = await peer.start({ dir, serverCores: undefined, loadCores: undefined });
  });

  afterAll(async () => {
    await running?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    'loses nothing: %s',
    async (_name, scenario) => {
      const told: string[] = [];
      const result = await running?.run(scenario, {
        warmUpSeconds: 0.2,
        seconds: 0.2,
        began: () => told.push('began'),
        ended: () => told.push('ended'),
      });
      expect(result && lossesOf(result.counts)).toEqual([]);
      expect(told).toEqual(['began', 'ended']);
      expect((await running?.depth?.()) ?? 0).toBe(0);
    },
  );
});
