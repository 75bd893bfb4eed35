/**
 * Goal: an agent loses no task and does none twice while connections break and buses die, and knows when it is not
 * wanted. Method: real clients against a real bus in a process of its own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  type AgentConnection,
  AgentStatus,
  type ConnectAgentOptions,
  type ConnectionStatus,
  connectAgent,
  connectOrchestrator,
  type Orchestrator,
  RetryLater,
  type SessionEvent,
  type SessionHandle,
} from '../../src/client/index.ts';
import { createFaultyNetwork } from '../faulty-network.ts';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

const ORCHESTRATOR = 'claude-code://orchestrator';
const BACKEND = 'opencode://backend';

let dataDir: string;
let bus: BusProcess;
let orchestrator: Orchestrator;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'agentbus-agent-'));
  bus = await startBusProcess({ dataDir, env: { AGENT_BUS_HEARTBEAT_INTERVAL: '1000' } });
  orchestrator = connectOrchestrator({ address: bus.address, apiKey: bus.apiKey, agentId: ORCHESTRATOR });
});
afterAll(async () => {
  orchestrator.close();
  await bus.stop();
  await rm(dataDir, { recursive: true });
});

const agents: AgentConnection[] = [];
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.close()));
});

function connect(options: Partial<ConnectAgentOptions> = {}): AgentConnection {
  const agent = connectAgent({ address: bus.address, apiKey: bus.apiKey, agentId: BACKEND, ...options });
  agents.push(agent);
  return agent;
}

const openSession = (): Promise<SessionHandle> =>
  orchestrator.createSession({ participants: [{ agentId: BACKEND, role: 'implementer' }] });

/** The events of a task, up to and with the one that ends it. */
async function untilEnded(session: SessionHandle, taskId: string): Promise<SessionEvent['body'][]> {
  const seen: SessionEvent['body'][] = [];
  for await (const { body } of session.events()) {
    if (body.case === undefined || !body.case.startsWith('task') || taskIdOf(body) !== taskId) continue;
    seen.push(body);
    if (body.case === 'taskCompleted' || body.case === 'taskFailed') break;
  }
  return seen;
}

function taskIdOf(body: SessionEvent['body']): string | undefined {
  if (body.case === 'taskDelegated') return body.value.task?.taskId;
  return (body.value as { taskId?: string } | undefined)?.taskId;
}

async function killAndRestart(): Promise<void> {
  const port = Number(new URL(bus.address).port);
  await bus.kill();
  bus = await startBusProcess({ dataDir, port, env: { AGENT_BUS_HEARTBEAT_INTERVAL: '1000' } });
}

test('a task is done, with progress on the way, and its result is in the session', async () => {
  connect({
    async onTask({ payload, sender, sessionId }, { progress }) {
      await progress(50, 'half way');
      return { built: payload.component ?? null, sender, sessionId };
    },
  });
  const session = await openSession();
  const taskId = await session.delegate({ to: BACKEND, payload: { component: 'notification-service' } });
  const events = await untilEnded(session, taskId);
  expect(events.map((body) => body.case)).toEqual([
    'taskDelegated',
    'taskDelivered',
    'taskProgressed',
    'taskCompleted',
  ]);
  expect(events[2]?.value).toMatchObject({ progress: 50, note: 'half way' });
  const result = { built: 'notification-service', sender: ORCHESTRATOR, sessionId: session.id };
  expect(events[3]?.value).toMatchObject({ agentId: BACKEND, result: { content: { case: 'payload', value: result } } });
});

test('a task whose handler throws has failed, with the reason', async () => {
  connect({ onTask: () => Promise.reject(new TypeError('no such component')) });
  const session = await openSession();
  const events = await untilEnded(session, await session.delegate({ to: BACKEND }));
  expect(events.at(-1)).toMatchObject({
    case: 'taskFailed',
    value: { error: { reason: 'TypeError', message: 'no such component' } },
  });
});

test('a task that is put off comes again', async () => {
  const attempts: number[] = [];
  connect({
    onTask({ attempt }) {
      attempts.push(attempt);
      if (attempt === 1) throw new RetryLater(10, 'quota used up');
    },
  });
  const session = await openSession();
  await untilEnded(session, await session.delegate({ to: BACKEND }));
  expect(attempts).toEqual([1, 2]);
});

test('a task that takes longer than its lease is not given to anybody else', async () => {
  const started: string[] = [];
  const onTask = async (instance: string): Promise<void> => {
    started.push(instance);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
  };
  for (const instanceId of ['one', 'two']) connect({ instanceId, leaseMs: 1_000, onTask: () => onTask(instanceId) });
  const session = await openSession();
  await untilEnded(session, await session.delegate({ to: BACKEND }));
  expect(started).toHaveLength(1);
});

test('a bus that is killed while a task runs costs neither the task nor a second run', async () => {
  const work = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  let runs = 0;
  const agent = connect({
    async onTask() {
      runs++;
      begun.resolve();
      await work.promise;
      return { done: true };
    },
  });
  await agent.ready();
  const session = await openSession();
  const taskId = await session.delegate({ to: BACKEND });
  await begun.promise;
  await killAndRestart();
  work.resolve();
  const events = await untilEnded(session, taskId);
  expect(events.at(-1)?.case).toBe('taskCompleted');
  await agent.drain();
  expect(runs).toBe(1);
  expect(await orchestrator.agents.get(BACKEND)).toMatchObject({ queuedMessages: 0 });
});

test('a message whose answer was lost is sent again and exists once', async () => {
  const network = await createFaultyNetwork(bus.address);
  const agent = connect({ address: network.address });
  await agent.ready();
  const session = await openSession();
  network.loseAnswers();
  const sent = agent.send({
    to: ORCHESTRATOR,
    type: 6,
    sessionId: session.id,
    messageId: 'report',
    payload: { ok: true },
  });
  for await (const { body } of session.events()) if (body.case === 'messageSent') break;
  network.cut();
  expect(await sent).toMatchObject({ messageId: 'report', duplicate: true, acceptedAt: expect.any(Date) });
  expect(await session.get()).toMatchObject({ lastSequence: 2 });
  await agent.close();
  await network.close();
});

test('an agent follows a session through a cut connection', async () => {
  const network = await createFaultyNetwork(bus.address);
  const agent = connect({ address: network.address });
  const session = await openSession();
  const seen: number[] = [];
  for await (const { sequence } of agent.watch(session.id)) {
    seen.push(sequence);
    if (sequence === 2) network.cut();
    if (sequence < 4) await session.updateSharedContext({ merge: { sequence } });
    else if (sequence === 4) await session.complete({ summary: 'done' });
  }
  expect(seen).toEqual([1, 2, 3, 4, 5]);
  await agent.close();
  await network.close();
});

test('another process of the same name takes the place, for good', async () => {
  const statuses: ConnectionStatus[] = [];
  const first = connect({ instanceId: 'same', onTask() {}, onStatus: (status) => statuses.push(status) });
  await first.ready();
  const second = connect({ instanceId: 'same', onTask() {} });
  await second.ready();
  await expect(first.closed).rejects.toMatchObject({
    name: 'AgentbusError',
    reason: 'STREAM_FENCED',
    facts: { agent_id: BACKEND, instance_id: 'same' },
  });
  expect(statuses.map(({ state }) => state)).toEqual(['connecting', 'online', 'fenced']);
  expect(second.status.state).toBe('online');
});

test.each([
  ['a wrong key', { apiKey: 'wrong' }, 'UNAUTHENTICATED'],
  ['a malformed agent id', { agentId: 'backend' }, 'INVALID_ARGUMENT'],
])('%s is one clear error', async (_, options, code) => {
  const statuses: ConnectionStatus[] = [];
  const agent = connect({ ...options, onTask() {}, onStatus: (status) => statuses.push(status) });
  await expect(agent.ready()).rejects.toMatchObject({ name: 'AgentbusError', code });
  await expect(agent.closed).rejects.toMatchObject({ code });
  expect(statuses.map(({ state }) => state)).toEqual(['connecting', 'failed']);
});

test('an agent that drains finishes its task and is offline afterwards; what comes later waits', async () => {
  const work = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const agent = connect({
    async onTask() {
      begun.resolve();
      await work.promise;
    },
  });
  const session = await openSession();
  const first = await session.delegate({ to: BACKEND });
  await begun.promise;
  const drained = agent.drain();
  const second = await session.delegate({ to: BACKEND });
  work.resolve();
  await drained;
  expect((await untilEnded(session, first)).at(-1)?.case).toBe('taskCompleted');
  expect(await orchestrator.agents.get(BACKEND)).toMatchObject({ status: AgentStatus.OFFLINE, queuedMessages: 1 });
  connect({ onTask: () => ({ late: true }) });
  expect((await untilEnded(session, second)).at(-1)?.case).toBe('taskCompleted');
});

test('a bus that shuts down in good order is left and found again', async () => {
  const states: string[] = [];
  const back = Promise.withResolvers<void>();
  const agent = connect({
    onTask: () => ({}),
    onStatus({ state }) {
      states.push(state);
      if (state === 'online' && states.includes('waiting')) back.resolve();
    },
  });
  await agent.ready();
  const port = Number(new URL(bus.address).port);
  await bus.stop();
  bus = await startBusProcess({ dataDir, port, env: { AGENT_BUS_HEARTBEAT_INTERVAL: '1000' } });
  await back.promise;
  const session = await openSession();
  expect((await untilEnded(session, await session.delegate({ to: BACKEND }))).at(-1)?.case).toBe('taskCompleted');
});

test('agents are listed with what they can do', async () => {
  await connect({ capabilities: ['typescript'], onTask() {} }).ready();
  const listed: string[] = [];
  for await (const { descriptor } of orchestrator.agents.list({ capability: 'typescript' }))
    listed.push(descriptor?.agentId ?? '');
  expect(listed).toEqual([BACKEND]);
});
