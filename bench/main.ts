/**
 * What the bus moves on this machine, over real sockets, from processes of their own, beside the physical limits of the same disk and the
 * same HTTP/2, and beside others that can be had here (bench/peers). All take turns in one run; every message is counted as
 * accepted, delivered and acknowledged, and a run that loses one ends with 1.
 *
 *   npm run bench -- [--quick] [--peers] [--clients] [--only <part of a scenario's name>] [--servers <part of a name>] [--rounds 5] [--seconds 5]
 *                    [--warm-up 1] [--dir <folder on the disk to measure>] [--out bench/results] [--list]
 *
 * `--quick` takes about two minutes. `--peers` has those beside the bus that bench/peers/install.ts has installed. `--clients` goes on with
 * the clients in five languages (bench/clients.ts). `--only` and `--servers` may be given several times.
 *
 * The table goes to the console, everything that was measured to <out>/<date>.json, and a chart to <out>/<date>.svg.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createBusPeer } from './bus/bus-peer.ts';
import { chartOf } from './chart.ts';
import { describeScenario } from './describe-scenario.ts';
import { chooseDisk } from './disk.ts';
import { exitOnSignals } from './end-with-us.ts';
import { goalLines } from './goals.ts';
import { createAppendLog } from './limits/append-log.ts';
import { createPassThrough } from './limits/pass-through.ts';
import { createUnaryLimit } from './limits/unary.ts';
import { describeMachine, readMachine } from './machine.ts';
import type { FoundPeers, Peer } from './peer.ts';
import { findPeers } from './peers/find-peers.ts';
import { resultTable } from './result-table.ts';
import { runBench } from './run-bench.ts';
import { QUICK_SCENARIOS, SCENARIOS } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    list: { type: 'boolean' },
    peers: { type: 'boolean' },
    clients: { type: 'boolean' },
    only: { type: 'string', multiple: true },
    servers: { type: 'string', multiple: true },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    'warm-up': { type: 'string' },
    dir: { type: 'string' },
    out: { type: 'string', default: 'bench/results' },
  },
});
const usual = values.quick ? { rounds: 2, seconds: 2, warmUp: 1 } : { rounds: 5, seconds: 5, warmUp: 1 };

function hasPart(name: string, parts: readonly string[] | undefined): boolean {
  return parts === undefined || parts.some((part) => name.includes(part));
}

const scenarios = SCENARIOS.filter(
  ({ name }) => hasPart(name, values.only) && (!values.quick || values.only || QUICK_SCENARIOS.includes(name)),
);
const found: FoundPeers = values.peers ? findPeers() : { peers: [], missing: [] };
const peers = [createBusPeer(), createPassThrough(), createUnaryLimit(), createAppendLog(), ...found.peers].filter(
  ({ name }) => hasPart(name, values.servers),
);
for (const line of found.missing) console.error(`missing: ${line}`);
if (values.list) {
  for (const scenario of SCENARIOS) console.log(`${scenario.name}: ${describeScenario(scenario)}`);
  console.log(describePeers(peers));
  process.exit();
}

exitOnSignals();
const machine = readMachine();
const disk = chooseDisk(values.dir);
const startedAt = new Date();
const lengths = {
  rounds: Number(values.rounds ?? usual.rounds),
  seconds: Number(values.seconds ?? usual.seconds),
  warmUpSeconds: Number(values['warm-up'] ?? usual.warmUp),
};
const result = await runBench({
  ...lengths,
  ...machine,
  peers,
  scenarios,
  dir: disk.dir,
  report: (line) => console.error(line),
});

const conditions = [
  `${describeMachine(machine)}, data on ${disk.filesystem}`,
  `${lengths.rounds} rounds in turn, ${lengths.seconds} s each after ${lengths.warmUpSeconds} s of warm-up; ${startedAt.toISOString()}`,
].join('\n');
console.log(`${resultTable(result.series)}\n`);
for (const scenario of scenarios) console.log(`${scenario.name}: ${describeScenario(scenario)}`);
console.log(`\n${describePeers(peers)}\n\n${conditions}\n`);
for (const line of goalLines(result.series)) console.log(line);
const clients = values.clients ? measureClients(lengths.rounds) : undefined;
if (clients !== undefined) console.log(`\n${clients}`);
mkdirSync(values.out, { recursive: true });
const path = join(values.out, startedAt.toISOString().replaceAll(/[:.]/g, '-'));
writeFileSync(
  `${path}.json`,
  `${JSON.stringify({ startedAt, machine, filesystem: disk.filesystem, ...lengths, missing: found.missing, clients, ...result }, undefined, 2)}\n`,
);
writeFileSync(`${path}.svg`, chartOf(result.series, conditions));
console.log(`${path}.json, ${path}.svg`);
for (const fault of result.faults) console.error(`FAULT: ${fault}`);
process.exitCode = result.faults.length === 0 ? 0 : 1;

/** What each server is, and what its acknowledgement means. */
function describePeers(described: readonly Peer[]): string {
  return described
    .map(({ name, version, configuration, acknowledgement, client }) =>
      [`${name} ${version}: ${configuration}`, `  ${acknowledgement}`, `  load: ${client}`].join('\n'),
    )
    .join('\n');
}

/** The clients of all languages, on a bus of their own: the table that bench/clients.ts prints. */
function measureClients(rounds: number): string {
  const program = fileURLToPath(new URL('./clients.ts', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [program, '--rounds', String(rounds)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) result.faults.push(`the clients ended with ${status}`);
  return stdout;
}
