/**
 * Some minutes of steady traffic with stalled readers in it: is the memory of the bus flat, is nothing lost, and do the others notice?
 *
 *   npm run soak -- [--minutes 10] [--warm-up 25] [--streams 200] [--stalled 5] [--rate 400] [--seed 7]
 *
 * Ends with 1 if memory after the warm-up drifts or exceeds its median by more than 5 %, if anything is lost, or if anything beside
 * the messages fails or never happens.
 */
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { FLAT_PERCENT, faultsOf } from './judge.ts';
import { runSoak } from './run-soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    'warm-up': { type: 'string', default: '25' },
    streams: { type: 'string', default: '200' },
    stalled: { type: 'string', default: '5' },
    rate: { type: 'string', default: '400' },
    seed: { type: 'string', default: '7' },
  },
});
const print = (line: string) => process.stdout.write(`${line}\n`);

print(
  `${cpus().length} x ${cpus()[0]?.model}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB, Linux ${release()}, Node ${process.version}, seed ${values.seed}`,
);
const result = await runSoak({
  minutes: Number(values.minutes),
  warmUpMinutes: Number(values['warm-up']),
  streams: Number(values.streams),
  stalledPercent: Number(values.stalled),
  rate: Number(values.rate),
  seed: Number(values.seed),
  report: print,
});
const { verdict, ledger } = result;
const isFlat = Math.abs(verdict.drift) <= FLAT_PERCENT && verdict.excess <= FLAT_PERCENT;
const faults = faultsOf(result);
print(
  `memory after ${values['warm-up']} minutes: median ${(verdict.medianRss / 1024 ** 2).toFixed(1)} MiB, drift ${verdict.drift.toFixed(2)} %, highest +${verdict.excess.toFixed(2)} %: ${isFlat ? 'flat' : 'NOT FLAT'}`,
);
print(
  `p99 of the healthy: ${verdict.p99CalmMs.toFixed(2)} ms without stalled readers, ${verdict.p99StalledMs.toFixed(2)} ms with them: ratio ${verdict.p99Ratio.toFixed(2)}`,
);
print(
  `messages: ${ledger.accepted} accepted, ${ledger.handled} handled, ${ledger.lost.length} lost, ${ledger.repeated} repeated; refused ${JSON.stringify(ledger.refused)}`,
);
print(
  `beside them: ${JSON.stringify(result.counts)}; failures ${JSON.stringify(result.failures)}; the bus ended with ${result.exitCode}`,
);
for (const fault of faults) print(`FAULT: ${fault}`);
process.exitCode = isFlat && faults.length === 0 ? 0 : 1;
