import { randomInt } from 'node:crypto';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { PART_NAMES, type PartName } from './parts/part.ts';
import { runFuzz } from './run-fuzz.ts';

const HELP = `Usage: npm run fuzz -- [--runs 20000] [--seed NUMBER] [--only ${PART_NAMES.join('|')}] [--path PATH]\n`;

/** How many of all runs each part gets, of ten. */
const SHARES: Readonly<Record<PartName, number>> = { rpc: 4, json: 2, frames: 2, http1: 1, http2: 1 };

const {
  runs = '20000',
  seed = String(randomInt(2 ** 31)),
  only,
  path,
} = parseArgs({
  options: { runs: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' }, path: { type: 'string' } },
}).values;
const parts = PART_NAMES.filter((name) => only === undefined || name === only);
if (parts.length === 0 || !(Number(runs) > 0) || !Number.isSafeInteger(Number(seed))) {
  process.stderr.write(HELP);
  process.exit(1);
}
const all = parts.reduce((sum, name) => sum + SHARES[name], 0);
const failures = await runFuzz({
  runs: Object.fromEntries(parts.map((name) => [name, Math.ceil((Number(runs) * SHARES[name]) / all)])),
  seed: Number(seed),
  ...(path !== undefined && { path }),
  tell: (line) => void process.stdout.write(`${line}\n`),
});
for (const failure of failures) process.stdout.write(`\n${failure}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;
