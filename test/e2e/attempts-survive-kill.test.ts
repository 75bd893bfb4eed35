/**
 * Goal: retries and fallbacks go on after a kill -9 of the bus, each attempt fails once, and nobody is asked twice.
 * Method: real processes on one data directory; the bus is killed while an attempt runs, and again between two attempts.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callJson } from '../call-json.ts';
import { BACKEND, FRONTEND, ORCHESTRATOR } from '../open-bus.ts';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

let dataDir: string;
let bus: BusProcess;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'agentbus-attempts-'));
  bus = await startBusProcess({ dataDir });
});
afterEach(async () => {
  await bus.stop();
  await rm(dataDir, { recursive: true });
});

const session_id = 'sess_a';
async function call(method: string, body: object) {
  const answer = await callJson({ address: bus.address, apiKey: bus.apiKey, method, body });
  expect([method, answer.status, answer.body.message]).toEqual([method, 200, undefined]);
  return answer.body;
}
async function killAndRestart(): Promise<void> {
  await bus.kill();
  bus = await startBusProcess({ dataDir });
}
/** Resolves when so many attempts have failed, with what the events say of them. */
async function failedAttempts(count: number): Promise<string[][]> {
  const types = ['SESSION_EVENT_TYPE_TASK_ATTEMPT_FAILED'];
  const found: { sequence: string; task_attempt_failed: Record<string, string> }[] = [];
  while (found.length < count) {
    const after_sequence = found.at(-1)?.sequence ?? '0';
    const query = { session_id, types, after_sequence, wait: '10s' };
    found.push(...(await call('SessionService/ListSessionEvents', query)).events);
  }
  return found.map(({ task_attempt_failed: { assignee, attempt, next_assignee } }) =>
    [assignee, attempt, next_assignee].map(String),
  );
}
const receive = async (agent_id: string, wait: string): Promise<{ delivery_id: string; message: object }[]> =>
  (await call('MessageService/ReceiveMessages', { agent_id, max_messages: 10, wait })).deliveries;

test('every attempt fails once and the fallback gets one request, though the bus is killed at every turn', async () => {
  const participants = [BACKEND, FRONTEND].map((agent_id) => ({ agent_id, role: 'implementer' }));
  await call('SessionService/CreateSession', { session_id, orchestrator: ORCHESTRATOR, participants });
  await call('/messages/send', {
    message_id: 't',
    sender: { agent_id: ORCHESTRATOR, session_id },
    recipient: { agent_id: BACKEND },
    message_type: 'task_request',
    payload: { component: 'notification-service' },
    routing: {
      timeout: '1.5s',
      retry_policy: { max_retries: 1, backoff: 'linear', initial_delay: '1s' },
      fallback_agents: [FRONTEND],
    },
  });
  // Nobody takes the first attempt. It runs out while the bus is down, or just after.
  await killAndRestart();
  expect(await failedAttempts(1)).toEqual([[BACKEND, '1', BACKEND]]);
  // Between two attempts: the second one is on disk, and due in a while.
  await killAndRestart();
  // The fallback waits, since its own attempt is as short as the others.
  const requests = await receive(FRONTEND, '10s');
  expect(requests).toMatchObject([{ message: { message_id: 't', payload: { component: 'notification-service' } } }]);
  await call('MessageService/AcknowledgeMessages', {
    agent_id: FRONTEND,
    delivery_ids: requests.map(({ delivery_id }) => delivery_id),
  });
  await call('/messages/send', {
    message_id: 'answer',
    sender: { agent_id: FRONTEND, session_id },
    recipient: { agent_id: ORCHESTRATOR },
    message_type: 'task_response',
    correlation_id: 't',
    payload: { done: true },
  });
  await killAndRestart();
  expect(await failedAttempts(2)).toEqual([
    [BACKEND, '1', BACKEND],
    [BACKEND, '2', FRONTEND],
  ]);
  const { task } = await call('SessionService/GetTask', { session_id, task_id: 't' });
  expect(task).toMatchObject({
    status: 'TASK_STATUS_COMPLETED',
    assignee: FRONTEND,
    requested_assignee: BACKEND,
    attempt: 1,
    result: { payload: { done: true } },
  });
  expect(await receive(BACKEND, '0s')).toEqual([]);
  expect(await receive(FRONTEND, '0s')).toEqual([]);
  expect(await receive(ORCHESTRATOR, '0s')).toMatchObject([{ message: { message_id: 'answer' } }]);
  const { events } = await call('SessionService/ListSessionEvents', { session_id });
  const story = events.flatMap((event: object) => Object.keys(event).filter((name) => name.startsWith('task_')));
  expect(story).toEqual([
    'task_delegated',
    'task_attempt_failed',
    'task_attempt_failed',
    'task_delivered',
    'task_accepted',
    'task_completed',
  ]);
});
