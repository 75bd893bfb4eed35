/**
 * Goal: the TypeScript examples do what they say. Method: run them as their users do, against a real bus.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

let bus: BusProcess;
beforeEach(async () => {
  bus = await startBusProcess({ dataDir: ':memory:' });
});
afterEach(() => bus.stop());

function run(name: string, apiKey = bus.apiKey): ChildProcess {
  const path = new URL(`../../examples/typescript/${name}.ts`, import.meta.url).pathname;
  return spawn(process.execPath, ['--conditions=agentbus-source', path], {
    env: { ...process.env, AGENT_BUS_URL: bus.address, AGENT_BUS_API_KEY: apiKey },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

test('the orchestrator has a haiku written by the agent, which leaves on Ctrl-C', async () => {
  const orchestrator = run('orchestrator');
  const agent = run('agent');
  const [haiku, log] = await Promise.all([
    text(orchestrator.stdout!),
    text(orchestrator.stderr!),
    once(orchestrator, 'exit'),
  ]);
  expect(haiku).toContain('a frog jumps into the pond');
  expect(log.trim().split('\n').at(-1)).toMatch(/sessionCompleted$/);
  expect(orchestrator.exitCode).toBe(0);
  agent.kill('SIGINT');
  const [states] = await Promise.all([text(agent.stderr!), once(agent, 'exit')]);
  expect(states.trim().split('\n')).toEqual(['connecting', 'online', 'draining', 'closed']);
  expect(agent.exitCode).toBe(0);
});

test('an agent with a wrong key ends with one clear error', async () => {
  const agent = run('agent', 'wrong');
  const [errors] = await Promise.all([text(agent.stderr!), once(agent, 'exit')]);
  expect(errors.match(/AgentbusError: .*/g)).toEqual(['AgentbusError: the bus does not know this key']);
  expect(errors).toContain("reason: 'KEY_INVALID'");
  expect(agent.exitCode).toBe(1);
});
