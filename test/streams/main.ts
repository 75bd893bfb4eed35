/**
 * Breaks connections until clients have come back so many times, and says what they saw.
 * `npm run streams -- --resumes 1000 --seed 7`. Ends with 1 if the bus broke a promise.
 */
import { parseArgs } from 'node:util';
import { runResumes } from './resume/run-resumes.ts';

const { values } = parseArgs({ options: { resumes: { type: 'string' }, seed: { type: 'string' } } });
const resumes = Number(values.resumes ?? 1_000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
if (!Number.isInteger(resumes) || !Number.isInteger(seed) || resumes < 1) {
  process.stderr.write('usage: npm run streams -- [--resumes 1000] [--seed 7]\n');
  process.exit(2);
}
process.stdout.write(`seed ${seed}, ${resumes} resumes\n`);
const begun = performance.now();
const { violations, ...counts } = await runResumes({ resumes, seed });
for (const [name, count] of Object.entries(counts)) process.stdout.write(`${name.padEnd(20)} ${count}\n`);
process.stdout.write(`${'seconds'.padEnd(20)} ${((performance.now() - begun) / 1_000).toFixed(1)}\n`);
process.stdout.write(`${'violations'.padEnd(20)} ${violations.length}\n`);
for (const violation of violations.slice(0, 20)) process.stdout.write(`  ${violation}\n`);
process.exitCode = violations.length === 0 ? 0 : 1;
