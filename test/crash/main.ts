import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLedger } from './ledger/ledger.ts';
import { formatReport, printable } from './report.ts';
import { STRIKES, STRIKES_IN_TURN } from './strikes.ts';
import { runCrashLoop } from './supervisor.ts';

/** `npm run crash -- --kills 200 --seed 7`; README.md says what it does and how to read what it writes. */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    each: { type: 'string' },
    seed: { type: 'string' },
    strike: { type: 'string', default: 'random-kill' },
    dir: { type: 'string' },
    keep: { type: 'boolean', default: false },
    json: { type: 'string' },
    program: { type: 'string' },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const kills =
  values.each === undefined ? Number(values.kills) : Number(values.each) * (STRIKES_IN_TURN[values.strike] ?? 1);
const strike = STRIKES[values.strike];
if (strike === undefined || !Number.isSafeInteger(seed) || !Number.isSafeInteger(kills) || kills < 0) {
  const names = Object.keys(STRIKES).join('|');
  process.stderr.write(
    `usage: npm run crash -- [--kills N | --each N] [--seed N] [--strike ${names}] [--dir DIR] [--keep] [--json FILE] [--program FILE]\n`,
  );
  process.exit(2);
}
const dataDir = values.dir ?? (await mkdtemp(join(tmpdir(), 'agentbus-crash-')));
// The ledger of a run knows nothing of what an earlier run left there.
if (values.dir !== undefined && (await readdir(values.dir).catch(() => [])).length > 0) {
  process.stderr.write(`${values.dir} is not empty\n`);
  process.exit(2);
}
process.stdout.write(`${kills} kills, strike ${values.strike}, seed ${seed}, data in ${dataDir}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const ledger = createLedger();
const report = await runCrashLoop({
  kills,
  seed,
  ledger,
  strike: (choices, kill) => strike(choices, kill, ledger),
  dataDir,
  log: (line) => void process.stdout.write(`${line}\n`),
  ...(values.program !== undefined && { main: values.program }),
});
process.stdout.write(`\n${formatReport(report)}`);
if (values.json !== undefined) await writeFile(values.json, JSON.stringify(report, printable, 2));
const failed = report.violations.length > 0;
if (!failed && !values.keep && values.dir === undefined) await rm(dataDir, { recursive: true });
// Connections to buses that are gone may linger; nothing of them is needed.
process.exit(failed ? 1 : 0);
