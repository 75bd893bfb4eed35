/**
 * Goal: a session can be lived through with nothing but curl, the tutorial's message body included.
 * Method: examples/curl/walk.sh runs against a real bus; it fails by itself at the first surprise.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

const run = promisify(execFile);
const WALK = new URL('../../examples/curl/walk.sh', import.meta.url).pathname;

let bus: BusProcess;
beforeAll(async () => {
  bus = await startBusProcess();
});
afterAll(() => bus.stop());

function walk(env: Record<string, string>): Promise<{ stdout: string; stderr: string }> {
  return run('bash', [WALK], {
    env: { ...process.env, AGENT_BUS_URL: bus.address, AGENT_BUS_API_KEY: bus.apiKey, ...env },
  });
}

test('the walk reaches the completed session, and a second one with another task too', async () => {
  const first = await walk({});
  expect(first.stdout).toMatch(/^== Done: sess_/m);
  const second = await walk({ TASK_ID: 'task_impl_backend_2' });
  expect(second.stdout).toMatch(/^== Done: sess_/m);
});

test('the walk ends with an error at the first answer that it does not expect', async () => {
  await expect(walk({ AGENT_BUS_API_KEY: 'not the key' })).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining('401'),
    stderr: 'expected 200\n',
  });
});
