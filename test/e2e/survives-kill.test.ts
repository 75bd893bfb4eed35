import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callJson } from '../call-json.ts';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

// Goal: what was accepted is there after a kill -9. Method: real processes on one data directory.
let dataDir: string;
let bus: BusProcess;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'agentbus-kill-'));
  bus = await startBusProcess({ dataDir });
});
afterEach(async () => {
  await bus.stop();
  await rm(dataDir, { recursive: true });
});

const call = (method: string, body: unknown) => callJson({ address: bus.address, apiKey: bus.apiKey, method, body });
async function killAndRestart(): Promise<void> {
  await bus.kill();
  bus = await startBusProcess({ dataDir });
}
const session = {
  session_id: 'sess_a',
  orchestrator: 'claude-code://orchestrator',
  participants: [{ agent_id: 'opencode://backend', role: 'implementer' }],
};
const task = {
  message: {
    message_id: 'task_1',
    sender: { agent_id: 'claude-code://orchestrator', session_id: 'sess_a' },
    recipient: { agent_id: 'opencode://backend' },
    message_type: 'MESSAGE_TYPE_TASK_REQUEST',
    payload: { component: 'notification-service' },
  },
};
const receive = () => call('MessageService/ReceiveMessages', { agent_id: 'opencode://backend', max_messages: 10 });

test('an accepted message is delivered after the bus was killed, and known as a repeat', async () => {
  await call('SessionService/CreateSession', session);
  expect(await call('MessageService/SendMessage', task)).toMatchObject({ status: 200 });
  await killAndRestart();
  expect((await call('MessageService/SendMessage', task)).body).toMatchObject({ duplicate: true });
  const events = await call('SessionService/ListSessionEvents', { session_id: 'sess_a' });
  expect(events.body.events).toMatchObject([
    { sequence: '1', session_created: {} },
    { sequence: '2', task_delegated: { task: { task_id: 'task_1' } } },
  ]);
  const { body } = await receive();
  expect(body.deliveries).toHaveLength(1);
  expect(body.deliveries[0].message).toMatchObject(task.message);
});

test('an acknowledged message is not delivered again, an unacknowledged one is, marked', async () => {
  await call('SessionService/CreateSession', session);
  await call('MessageService/SendMessage', task);
  await call('MessageService/SendMessage', { message: { ...task.message, message_id: 'task_2' } });
  const [first] = (await receive()).body.deliveries;
  const acknowledged = await call('MessageService/AcknowledgeMessages', {
    agent_id: 'opencode://backend',
    delivery_ids: [first.delivery_id],
  });
  expect(acknowledged.status).toBe(200);
  await killAndRestart();
  const { deliveries } = (await receive()).body;
  expect(deliveries).toMatchObject([
    { message: { message_id: 'task_2' }, redelivered_because: 'REDELIVERY_REASON_BUS_RESTARTED' },
  ]);
});

test('a second bus on the same data is refused, and the first one goes on', async () => {
  await expect(startBusProcess({ dataDir })).rejects.toThrow(/in use|locked|another process/i);
  expect((await call('SessionService/CreateSession', session)).status).toBe(200);
});
