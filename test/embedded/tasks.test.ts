/**
 * Goal: a program that embeds the bus delegates, looks up, calls off and aggregates tasks, and is told of them.
 * Method: a real embedded bus, in memory, with real agents over its port.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AgentConnection, connectAgent, type TaskHandler } from '../../src/client/index.ts';
import { CommunicationBus } from '../../src/embedded/communication-bus.ts';
import { callJson } from '../call-json.ts';
import { BACKEND, ORCHESTRATOR, QA } from '../open-bus.ts';

let bus: CommunicationBus;
const agents: AgentConnection[] = [];
beforeEach(async () => {
  bus = new CommunicationBus({ port: 0, apiKey: 'dev-key' });
  await bus.start();
});
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.close({ graceMs: 0 });
  await bus.stop();
});

function connect(agentId: string, onTask: TaskHandler): void {
  agents.push(connectAgent({ address: bus.address, apiKey: 'dev-key', agentId, onTask }));
}

async function open(): Promise<string> {
  const participants = [BACKEND, QA].map((agent_id) => ({ agent_id, role: 'implementer' }));
  return (await bus.sessions.create({ orchestrator: ORCHESTRATOR, participants })).session_id;
}

/** Resolves when a session has an event of this type about this task. */
async function until(sessionId: string, wanted: string, taskId: string): Promise<void> {
  for await (const { type, data } of bus.sessions.events(sessionId))
    if (type === wanted && data.task_id === taskId) return;
}

test('a task is delegated in the name of the orchestrator, done, and looked up', async () => {
  connect(BACKEND, ({ payload, sender }) => ({ built: payload.component ?? null, sender }));
  const sessionId = await open();
  const task = {
    to: BACKEND,
    task_id: 'build',
    payload: { component: 'a' },
    priority: 'high',
    timeoutMs: 60_000,
  } as const;
  expect(await bus.sessions.delegate(sessionId, task)).toBe('build');
  expect(await bus.sessions.delegate(sessionId, task)).toBe('build');
  await until(sessionId, 'task_completed', 'build');
  expect(await bus.sessions.task(sessionId, 'build')).toMatchObject({
    task_id: 'build',
    session_id: sessionId,
    delegator: ORCHESTRATOR,
    assignee: BACKEND,
    status: 'completed',
    priority: 'high',
    attempt: 1,
    result: { payload: { built: 'a', sender: ORCHESTRATOR } },
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
});

test('answers leave nothing in the mailbox of the orchestrator', async () => {
  connect(BACKEND, () => ({}));
  const sessionId = await open();
  await until(sessionId, 'task_completed', await bus.sessions.delegate(sessionId, { to: BACKEND }));
  const body = { agent_id: ORCHESTRATOR };
  const call = { address: bus.address, apiKey: 'dev-key', method: 'MessageService/ReceiveMessages', body };
  expect((await callJson(call)).body.deliveries ?? []).toEqual([]);
});

test('a task for everybody is one for each; they are listed, called off and become one result', async () => {
  const stopped = Promise.withResolvers<unknown>();
  connect(BACKEND, () => ({ verdict: 'ship' }));
  connect(
    QA,
    (_, { signal }) => new Promise(() => signal.addEventListener('abort', () => stopped.resolve(signal.reason))),
  );
  const sessionId = await open();
  const tasks = await bus.sessions.delegateToAll(sessionId, { to: { all_participants: true }, task_id: 'judge' });
  expect(tasks).toEqual([
    { task_id: 'judge#1', assignee: BACKEND },
    { task_id: 'judge#2', assignee: QA },
  ]);
  await until(sessionId, 'task_completed', 'judge#1');
  await until(sessionId, 'task_delivered', 'judge#2');
  expect(await bus.sessions.cancelTask(sessionId, 'judge#2', { reason: 'enough' })).toMatchObject({
    status: 'cancelled',
    error: { reason: 'CANCELLED', message: 'enough' },
  });
  expect(await stopped.promise).toMatchObject({ reason: 'TASK_CANCELLED' });
  const listed: [string, string][] = [];
  for await (const { task_id, status } of bus.sessions.tasks(sessionId)) listed.push([task_id, status]);
  expect(listed).toEqual([
    ['judge#1', 'completed'],
    ['judge#2', 'cancelled'],
  ]);
  const ofQa: string[] = [];
  for await (const { task_id } of bus.sessions.tasks(sessionId, { assignee: QA, status: 'cancelled' }))
    ofQa.push(task_id);
  expect(ofQa).toEqual(['judge#2']);
  expect(await bus.sessions.aggregate(sessionId, { method: 'consensus' })).toMatchObject({
    unified_result: { verdict: 'ship' },
    conflicts: [],
    results: [{ agent_id: BACKEND, task_id: 'judge#1', result: { payload: { verdict: 'ship' } } }],
    summary_markdown: expect.stringContaining('`judge#1`'),
  });
});

test('what the contract refuses is refused', async () => {
  const sessionId = await open();
  const refused = (reason: string) => expect.objectContaining({ reason });
  await expect(bus.sessions.delegate('sess_none', { to: BACKEND })).rejects.toEqual(refused('SESSION_NOT_FOUND'));
  await expect(bus.sessions.delegate(sessionId, { to: 'nobody' })).rejects.toEqual(refused('FIELD_INVALID'));
  await expect(bus.sessions.task(sessionId, 'none')).rejects.toEqual(refused('TASK_NOT_FOUND'));
  await expect(bus.sessions.cancelTask(sessionId, 'none')).rejects.toEqual(refused('TASK_NOT_FOUND'));
});

test('a step says what follows when it fails', async () => {
  const { workflow } = await bus.sessions.create({
    orchestrator: ORCHESTRATOR,
    participants: [{ agent_id: BACKEND, role: 'implementer' }],
    steps: [
      { name: 'lint', required_agents: [BACKEND], on_failure: 'skip' },
      { name: 'build', required_agents: [BACKEND] },
    ],
  });
  expect(workflow.steps.map(({ on_failure }) => on_failure)).toEqual(['skip', 'hold']);
});

test('the session manager emits the turns of a task by their names, and none of tasks outside of sessions', async () => {
  // biome-ignore lint/complexity/useLiteralKeys: only this way in is open.
  const manager = bus['sessionManager'];
  const emitted: string[] = [];
  const ended = Promise.withResolvers<void>();
  for (const type of ['task_delegated', 'task_delivered', 'task_accepted', 'task_cancelled', 'task_completed'] as const)
    manager.on(type, (event) => {
      emitted.push(`${event.sessionId} ${event.type}`);
      if (type === 'task_cancelled') ended.resolve();
    });
  const sessionId = await open();
  await bus.sessions.delegate(sessionId, { to: BACKEND, task_id: 'inside' });
  const call = (method: string, body: unknown) => callJson({ address: bus.address, apiKey: 'dev-key', method, body });
  const message = {
    message_id: 'outside',
    sender: { agent_id: ORCHESTRATOR },
    recipient: { agent_id: BACKEND },
    message_type: 'MESSAGE_TYPE_TASK_REQUEST',
  };
  await call('AgentService/RegisterAgent', { agent: { agent_id: BACKEND } });
  expect((await call('MessageService/SendMessage', { message })).status).toBe(200);
  const { body } = await call('MessageService/ReceiveMessages', { agent_id: BACKEND, max_messages: 2 });
  const delivery_ids = body.deliveries.map(({ delivery_id }: { delivery_id: string }) => delivery_id);
  expect(delivery_ids).toHaveLength(2);
  await call('MessageService/AcknowledgeMessages', { agent_id: BACKEND, delivery_ids });
  await bus.sessions.cancelTask(sessionId, 'inside');
  await ended.promise;
  const types = ['task_delegated', 'task_delivered', 'task_accepted', 'task_cancelled'];
  expect(emitted).toEqual(types.map((type) => `${sessionId} ${type}`));
});
