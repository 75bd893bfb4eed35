/**
 * How cost grows with what a bus holds. Throughput (send, lease, acknowledge: 256 bytes, fsynced) with many agents, sessions,
 * waiting messages and remembered ids, each beside the same with few of them, measured in turns in the same run: what counts
 * are the ratios. Then how long a bus takes to serve again after kill -9, and what one more thing costs in memory.
 *
 *   node --conditions=agentbus-source bench/scale/main.ts
 *     [--only agents|sessions|backlog|dedupe|startup|idle] [--pairs 3] [--seconds 3] [--cache <directory>] [--json <file>]
 *
 * Stores of a million messages and more are made first, which takes a minute. `--cache` keeps them for the next run, some 5 GiB.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureMemory } from './memory.ts';
import type { PairResult } from './pairs.ts';
import { measureStartup } from './startup.ts';
import { openStores } from './stores.ts';
import { agentsScenario, backlogScenario, dedupeScenario, type Scenario, sessionsScenario } from './throughput.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    pairs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    cache: { type: 'string' },
    json: { type: 'string' },
  },
});

const SCENARIOS = new Map<string, Scenario>([
  ['agents', agentsScenario],
  ['sessions', sessionsScenario],
  ['backlog', backlogScenario],
  ['dedupe', dedupeScenario],
]);
const NAMES = [...SCENARIOS.keys(), 'startup', 'idle'];

async function main(): Promise<void> {
  const { only, pairs, seconds, cache, json } = values;
  if (only !== undefined && !NAMES.includes(only)) throw new Error(`--only takes ${NAMES.join(', ')}`);
  const isWanted = (name: string): boolean => only === undefined || only === name;
  const machine = `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, SQLite ${process.versions.sqlite}`;
  console.log(machine);
  const stores = openStores(cache);
  try {
    const effort = { pairs: Number(pairs), ms: Number(seconds) * 1_000 };
    const throughput: PairResult[] = [];
    for (const [name, scenario] of SCENARIOS) {
      if (isWanted(name)) throughput.push(...(await scenario(stores, effort)));
    }
    if (throughput.length > 0) console.table(throughput.map(pairRow));
    const startup = isWanted('startup') ? await measureStartup(stores, { starts: effort.pairs }) : [];
    if (startup.length > 0)
      console.table(startup.map(({ all, ...row }) => ({ ...row, all: all.map(short).join(' ') })));
    const memory = isWanted('idle') ? await measureMemory(stores) : [];
    if (memory.length > 0) console.table(memory);
    if (json !== undefined) writeFileSync(json, JSON.stringify({ machine, throughput, startup, memory }, undefined, 2));
  } finally {
    stores.close();
  }
}

function pairRow({ name, small, large, ratio, ratios, cpuRatio }: PairResult) {
  return {
    name,
    'small/s': Math.round(small.roundsPerSecond),
    'large/s': Math.round(large.roundsPerSecond),
    ratio: short(ratio),
    ratios: ratios.map(short).join(' '),
    'cpu ratio': short(cpuRatio),
    'us a round': `${short(small.cpuMicros)} / ${short(large.cpuMicros)}`,
    'loop p99 ms': `${short(small.loopP99Ms)} / ${short(large.loopP99Ms)}`,
    'loop max ms': `${short(small.loopMaxMs)} / ${short(large.loopMaxMs)}`,
  };
}

function short(value: number): number {
  return Number(value.toPrecision(3));
}

await main();
