/**
 * The peers alone, without the bus: what each of them moves here with its leanest client. `npm run bench -- --peers` has them beside the bus.
 *
 *   node --conditions=agentbus-source bench/peers/main.ts [--only <part of a peer's name>] [--scenario <part of its name>] [--rounds 5]
 *          [--seconds 5] [--warm-up 1] [--window <messages under way for each pair>] [--syncs] [--cache <folder>] [--dir <folder on the disk to measure>]
 *
 * `--syncs` counts the fsyncs of a server with strace instead, which slows it down: its rates are then none.
 */
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { describeMachine, readMachine } from '../machine.ts';
import type { RoundsScenario, Scenario } from '../peer.ts';
import { resultTable } from '../result-table.ts';
import { runBench } from '../run-bench.ts';
import { SCENARIOS } from '../scenarios.ts';
import { countSyncs } from './count-syncs.ts';
import { findPeers } from './find-peers.ts';

const USUAL = ['rounds-256-p16-b1', 'rounds-256-p16-b16', 'rounds-1k-p16-b16', 'open-2000'];

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    scenario: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    'warm-up': { type: 'string', default: '1' },
    window: { type: 'string' },
    syncs: { type: 'boolean' },
    cache: { type: 'string' },
    dir: { type: 'string' },
  },
});

const { peers, missing } = findPeers(values.cache);
for (const line of missing) console.error(`missing: ${line}`);
const chosen = peers.filter(({ name }) => isNamed(name, values.only));
const scenarios = SCENARIOS.filter(isRounds)
  .filter(({ name }) => (values.scenario === undefined ? USUAL.includes(name) : values.scenario.includes(name)))
  .map((scenario) => (values.window === undefined ? scenario : { ...scenario, window: Number(values.window) }));
for (const { name, version, configuration, acknowledgement, client } of chosen)
  console.log(`${name} ${version}\n  ${configuration}\n  ${acknowledgement}\n  ${client}`);

const machine = readMachine();
const dir = values.dir ?? tmpdir();
const lengths = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  warmUpSeconds: Number(values['warm-up']),
};
if (values.syncs) {
  for (const peer of chosen)
    for (const scenario of scenarios)
      console.log(
        `${scenario.name}, ${peer.name}: ${await countSyncs(peer, { ...lengths, ...machine, scenario, dir })}`,
      );
} else {
  const report = (line: string) => console.error(line);
  const { series, faults } = await runBench({ ...lengths, ...machine, peers: chosen, scenarios, dir, report });
  console.log(`${resultTable(series)}\n\n${describeMachine(machine)}`);
  for (const fault of faults) console.error(`FAULT: ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

function isNamed(name: string, parts: readonly string[] | undefined): boolean {
  return parts === undefined || parts.some((part) => name.toLowerCase().includes(part.toLowerCase()));
}

function isRounds(scenario: Scenario): scenario is RoundsScenario {
  return scenario.kind === 'rounds';
}
