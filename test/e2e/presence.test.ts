import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { callJson } from '../call-json.ts';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

const AGENT = join(import.meta.dirname, 'presence-agent.ts');
const AGENT_ID = 'test://present';

// Goal: presence is the truth about processes, however they end. Method: a real agent process is killed, frozen and thawed.
let bus: BusProcess;
let agent: ChildProcess | undefined;
beforeAll(async () => {
  bus = await startBusProcess({ dataDir: ':memory:', env: { AGENT_BUS_HEARTBEAT_INTERVAL: '300' } });
});
afterEach(() => agent?.kill('SIGKILL'));
afterAll(() => bus.stop());

async function startAgent(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--conditions=agentbus-source', AGENT, bus.address, bus.apiKey, AGENT_ID], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}
async function status(): Promise<string> {
  const call = {
    address: bus.address,
    apiKey: bus.apiKey,
    method: 'AgentService/GetAgent',
    body: { agent_id: AGENT_ID },
  };
  return (await callJson(call)).body.agent.status;
}

test('an agent that is killed is offline', async () => {
  agent = await startAgent();
  expect(await status()).toBe('AGENT_STATUS_ONLINE');
  agent.kill('SIGKILL');
  await expect.poll(status, { timeout: 10_000 }).toBe('AGENT_STATUS_OFFLINE');
});

test('an agent that hangs with its connection open is offline, and online again when it goes on', async () => {
  agent = await startAgent();
  expect(await status()).toBe('AGENT_STATUS_ONLINE');
  agent.kill('SIGSTOP');
  await expect.poll(status, { timeout: 10_000 }).toBe('AGENT_STATUS_OFFLINE');
  agent.kill('SIGCONT');
  await expect.poll(status, { timeout: 10_000 }).toBe('AGENT_STATUS_ONLINE');
});
