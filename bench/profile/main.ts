/**
 * What a message costs at each stage of its path, in microseconds of processor time: the bus under full load, with V8's sampling
 * profiler in both of its threads. The profiler itself costs a few per cent; what counts are the shares.
 *
 *   npm run bench:profile -- [--scenario rounds-256-p16-b64] [--seconds 8] [--json]
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { markdownTable } from '../../scripts/markdown-table.ts';
import { createBusPeer } from '../bus/bus-peer.ts';
import { chooseDisk } from '../disk.ts';
import { exitOnSignals } from '../end-with-us.ts';
import { describeMachine, readMachine } from '../machine.ts';
import { readUsage, type Usage, usageBetween } from '../process-usage.ts';
import { SCENARIOS } from '../scenarios.ts';
import { readProfile, type Stack, type Stretch } from './read-profile.ts';
import { IDLE, stageOfMain, stageOfStore } from './stages.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'rounds-256-p16-b64' },
    seconds: { type: 'string', default: '8' },
    json: { type: 'boolean' },
  },
});
const scenario = SCENARIOS.find(({ name }) => name === values.scenario);
if (scenario === undefined) throw new Error(`there is no scenario ${values.scenario}`);

/** Microseconds between two samples. */
const INTERVAL = 200;

exitOnSignals();
const machine = readMachine();
const dir = await mkdtemp(join(chooseDisk(undefined).dir, 'agentbus-profile-'));
try {
  const flags = `--cpu-prof --cpu-prof-interval=${INTERVAL} --cpu-prof-dir=${dir}`;
  const bus = await createBusPeer({ NODE_OPTIONS: flags }).start({ dir, ...machine });
  let before: Usage | undefined;
  let used: Usage = { totalMicros: 0, threads: {} };
  const stretch = { from: 0, to: 0 };
  const result = await bus.run(scenario, {
    warmUpSeconds: 3,
    seconds: Number(values.seconds),
    began() {
      before = readUsage(bus.pids);
      stretch.from = nowMicros();
    },
    ended() {
      if (before !== undefined) used = usageBetween(before, readUsage(bus.pids));
      stretch.to = nowMicros();
    },
  });
  await bus.stop();
  const rounds = result.rounds;
  const [main, store] = await readProfiles(dir, stretch);
  const figures = {
    scenario: scenario.name,
    roundsPerSecond: rounds / result.seconds,
    main: stagesOf(main, (used.threads.main ?? 0) / rounds),
    store: stagesOf(store, (used.threads['agentbus-sqlite'] ?? 0) / rounds),
    otherThreads: Object.entries(used.threads)
      .filter(([name]) => name !== 'main' && name !== 'agentbus-sqlite' && !name.startsWith('v8:Prof'))
      .map(([stage, micros]) => ({ stage, micros: micros / rounds })),
  };
  if (values.json) console.log(JSON.stringify({ machine, ...figures }, undefined, 2));
  else {
    console.log(`${scenario.name}: ${Math.round(figures.roundsPerSecond)} rounds/s with the profiler on\n`);
    console.log(table('main thread', figures.main));
    console.log(table('store thread', figures.store));
    console.log(table('other threads', figures.otherThreads));
    console.log(describeMachine(machine));
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}

interface StageCost {
  readonly stage: string;
  /** Of processor time for each round. */
  readonly micros: number;
}

/** The clock of profiles. */
function nowMicros(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** The profile of the main thread and that of the store thread, which is the younger one. */
async function readProfiles(from: string, stretch: Stretch): Promise<[Map<string, number>, Map<string, number>]> {
  const files = (await readdir(from)).filter((file) => file.endsWith('.cpuprofile'));
  const read = (thread: number, stageOf: (stack: Stack) => string): Map<string, number> => {
    // The names end with the numbers of the thread and of the profile.
    const file = files.find((name) => name.endsWith(`.${thread}.${String(thread + 1).padStart(3, '0')}.cpuprofile`));
    if (file === undefined) throw new Error(`there is no profile of thread ${thread} among ${files.join(', ')}`);
    return readProfile(join(from, file), stretch, stageOf);
  };
  return [read(0, stageOfMain), read(1, stageOfStore)];
}

/** Shares out what a thread used by what its samples show. */
function stagesOf(samples: ReadonlyMap<string, number>, microsPerRound: number): StageCost[] {
  const busy = [...samples].filter(([stage]) => stage !== IDLE);
  const total = busy.reduce((sum, [, micros]) => sum + micros, 0);
  return busy
    .map(([stage, micros]) => ({ stage, micros: (micros / total) * microsPerRound }))
    .sort((one, other) => one.stage.localeCompare(other.stage));
}

function table(thread: string, stages: readonly StageCost[]): string {
  const total = stages.reduce((sum, { micros }) => sum + micros, 0);
  const rows = stages.map(({ stage, micros }) => [stage.replace(/^\d /, ''), micros.toFixed(2)]);
  return `${markdownTable([thread, 'us a round'], [...rows, ['together', total.toFixed(2)]])}\n`;
}
