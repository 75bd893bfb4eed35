/**
 * For CI: does the bus still move what it should, compared to what the same disk and the same HTTP/2 allow in the same minute? Prints the
 * ratios and says which are low. Machines of CI are noisy, so that a low one is news and no failure; it ends with 1 if a message
 * went missing, or if nothing moved.
 *
 *   node --conditions=agentbus-source bench/smoke.ts [--rounds 2] [--seconds 1]
 */
import { parseArgs } from 'node:util';
import { createBusPeer } from './bus/bus-peer.ts';
import { chooseDisk } from './disk.ts';
import { exitOnSignals } from './end-with-us.ts';
import { createAppendLog } from './limits/append-log.ts';
import { createPassThrough } from './limits/pass-through.ts';
import { describeMachine, readMachine } from './machine.ts';
import { resultTable } from './result-table.ts';
import { runBench } from './run-bench.ts';
import { QUICK_SCENARIOS, SCENARIOS } from './scenarios.ts';
import { SMOKE_BOUNDS, smokeLines } from './smoke-bounds.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '2' }, seconds: { type: 'string', default: '1' } },
});
exitOnSignals();
const machine = readMachine();
const { series, faults } = await runBench({
  ...machine,
  peers: [createBusPeer(), createPassThrough(), createAppendLog()],
  scenarios: SCENARIOS.filter(({ name }) => QUICK_SCENARIOS.includes(name)),
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  warmUpSeconds: 1,
  dir: chooseDisk(undefined).dir,
  report: (line) => console.error(line),
});
console.log(`${resultTable(series)}\n\n${describeMachine(machine)}`);
for (const line of smokeLines(series, SMOKE_BOUNDS)) console.log(line);
for (const fault of faults) console.error(`FAULT: ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
