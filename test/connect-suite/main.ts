/**
 * Runs the conformance suite of Connect against the port: once with everything on Connect, once with the calls that the lane can carry
 * on the lane. Ends with 1 if a case fails.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DEVIATIONS } from './deviations.ts';
import { readResults } from './read-results.ts';

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

/** Whether no case failed. */
function run(name: string, flags: readonly string[]): boolean {
  const server = ['node', '--conditions=agentbus-source', join(import.meta.dirname, 'server.ts'), ...flags];
  const config = join(import.meta.dirname, 'suite.yaml');
  const { stdout, error } = spawnSync(PROGRAM, ['--mode', 'server', '--conf', config, '--', ...server], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: RUN_MS,
  });
  if (error) throw error;
  const { cases, passed, reasonGiven, deviating, failed } = readResults(stdout);
  for (const one of failed) say(`FAILED ${one}`);
  say(
    `${name}: ${cases} cases, ${passed} passed, ${reasonGiven} with the reason of the bus as a further detail, ` +
      `${deviating} differ by decision, ${failed.length} failed`,
  );
  return failed.length === 0 && passed + reasonGiven + deviating === cases;
}

install();
const whole = [run('Connect', []), run('Connect and the lane', ['--lane'])];
for (const { cases, reason } of DEVIATIONS) say(`differ by decision: ${cases.join(', ')}. ${reason}`);
process.exitCode = whole.every(Boolean) ? 0 : 1;
