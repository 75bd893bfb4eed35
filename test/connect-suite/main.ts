/**
 * Runs the conformance suite of Connect against the port: once with everything on Connect, once with the calls that the lane can carry
 * on the lane. Ends with 1 if a case fails.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DEVIATIONS, WHY_DEVIATIONS } from './deviations.ts';
import { readResults } from './read-results.ts';
import { TAKEN_BY_LANE } from './taken-by-lane.ts';

const VERSION = '1.0.7';
const MODULE = `connectrpc.com/conformance/cmd/connectconformance@v${VERSION}`;
const FOLDER = join(homedir(), '.cache', 'agentbus-conformance', VERSION);
const PROGRAM = join(FOLDER, 'connectconformance');
/** The compiler takes a minute or two on a small machine; a run of the suite some seconds. */
const INSTALL_MS = 10 * 60_000;
const RUN_MS = 3 * 60_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function install(): void {
  if (existsSync(PROGRAM)) return;
  say(`installing ${MODULE}`);
  const { status, error } = spawnSync('go', ['install', MODULE], {
    env: { ...process.env, GOBIN: FOLDER },
    stdio: 'inherit',
    timeout: INSTALL_MS,
  });
  if (error) throw new Error(`go cannot be run, which installs the suite: ${error.message}`);
  if (status !== 0) throw new Error(`go install ended with ${status}`);
}

/** Whether all is as expected: no case failed, every deviation is one, and calls went where this run wants them. */
function run(name: string, { lane }: { lane: boolean }): boolean {
  const flags = lane ? ['--lane'] : [];
  const server = ['node', '--conditions=agentbus-source', join(import.meta.dirname, 'server.ts'), ...flags];
  const config = join(import.meta.dirname, 'suite.yaml');
  const { stdout, stderr, error } = spawnSync(PROGRAM, ['--mode', 'server', '--conf', config, '--', ...server], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: RUN_MS,
  });
  if (error) throw error;
  const lines = stderr.split('\n').filter((line) => line !== '');
  for (const line of lines) if (!line.endsWith(TAKEN_BY_LANE)) say(line);
  const taken = lines.filter((line) => line.endsWith(TAKEN_BY_LANE)).length;
  const { cases, passed, reasonGiven, deviating, stale, failed } = readResults(stdout);
  for (const one of failed) say(`FAILED ${one}`);
  for (const one of stale) say(`FAILED no case of ${one.suite}/**/${one.name} differs by ${one.complaint} any more`);
  const isWhereItShouldBe = taken > 0 === lane;
  if (!isWhereItShouldBe) say(`FAILED the lane took ${taken} calls`);
  say(
    `${name}: ${cases} cases, ${passed} passed, ${reasonGiven} with the reason of the bus as a further detail, ` +
      `${deviating} differ by decision, ${failed.length} failed; ${taken} calls by the lane`,
  );
  return failed.length === 0 && stale.length === 0 && isWhereItShouldBe;
}

install();
const whole = [run('Connect', { lane: false }), run('Connect and the lane', { lane: true })];
const deviating = new Set(DEVIATIONS.map(({ suite, name }) => `${suite}/**/${name}`));
say(`differ by decision: ${[...deviating].join(', ')}. ${WHY_DEVIATIONS}`);
process.exitCode = whole.every(Boolean) ? 0 : 1;
