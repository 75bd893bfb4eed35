/**
 * Goal: a review comes out whole though one of its agents is killed at work. Method: the example as its users run it, every
 * part a process of its own against a real bus, and a real kill -9.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

const FOLDER = new URL('../../examples/review/', import.meta.url);

let bus: BusProcess;
const children: ChildProcess[] = [];
beforeEach(async () => {
  bus = await startBusProcess({ dataDir: ':memory:', env: { AGENT_BUS_TASK_LEASE: '1000' } });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await bus.stop();
});

function run(name: string, env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, ['--conditions=agentbus-source', new URL(`${name}.ts`, FOLDER).pathname], {
    env: { ...process.env, AGENT_BUS_URL: bus.address, AGENT_BUS_API_KEY: bus.apiKey, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

/** Resolves with the first line that a process writes. */
async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) return line;
  throw new Error(`the process ended without a word:\n${await text(child.stderr!)}`);
}

test('a fallback does the review of an agent that is killed in the middle of it', async () => {
  // Ada would think for longer than the test lasts.
  const ada = run('agent', { AGENT_ID: 'review://ada', REVIEW_MS: '600000' });
  for (const name of ['bob', 'cleo']) run('agent', { AGENT_ID: `review://${name}`, REVIEW_MS: '100' });
  const orchestrator = run('orchestrator');
  const output = Promise.all([text(orchestrator.stdout!), text(orchestrator.stderr!), once(orchestrator, 'exit')]);
  expect(await firstLine(ada)).toBe('reviewing security');
  ada.kill('SIGKILL');
  const [summary, log] = await output;
  expect(log).toMatch(/^security: reviewed by review:\/\/(bob|cleo), as review:\/\/ada was gone$/m);
  expect(log).toMatch(/^style: reviewed by review:\/\/bob$/m);
  expect(log).toMatch(/^simplicity: reviewed by review:\/\/cleo$/m);
  expect(orchestrator.exitCode).toBe(0);
  expect(summary).toMatch(/^# /m);
  for (const words of [
    'The majority says: approve.',
    '/security`',
    '/style`',
    '/simplicity`',
    '`review://ada` `AGENT_GONE`',
  ])
    expect(summary).toContain(words);
});

test('the orchestrator is no longer than a reader’s patience', async () => {
  const source = await readFile(new URL('orchestrator.ts', FOLDER), 'utf8');
  expect(source.trimEnd().split('\n').length).toBeLessThan(60);
});
