/**
 * Goal: what an orchestrator asks for is done, called off or given to somebody else, and both sides hear the truth.
 * Method: real clients against a real bus in a process of its own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type AgentConnection,
  AggregationMethod,
  type ConnectAgentOptions,
  connectAgent,
  connectOrchestrator,
  MessageState,
  MessageType,
  type Orchestrator,
  type Receipt,
  type SessionHandle,
  StepFailurePolicy,
  StepStatus,
  type TaskHandler,
  TaskStatus,
} from '../../src/client/index.ts';
import { callJson } from '../call-json.ts';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

const ORCHESTRATOR = 'claude-code://orchestrator';
const BACKEND = 'opencode://backend';
const QA = 'claude-code://qa';
const env = { AGENT_BUS_HEARTBEAT_INTERVAL: '1000' };

let dataDir: string;
let bus: BusProcess;
let orchestrator: Orchestrator;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'agentbus-tasks-'));
  bus = await startBusProcess({ dataDir, env });
  orchestrator = connectOrchestrator({ address: bus.address, apiKey: bus.apiKey, agentId: ORCHESTRATOR });
});
afterAll(async () => {
  orchestrator.close();
  await bus.stop();
  await rm(dataDir, { recursive: true });
});

const agents: AgentConnection[] = [];
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.close({ graceMs: 0 })));
});

async function connect(agentId: string, options: Partial<ConnectAgentOptions> = {}): Promise<AgentConnection> {
  const agent = connectAgent({ address: bus.address, apiKey: bus.apiKey, agentId, ...options });
  agents.push(agent);
  await agent.ready();
  return agent;
}

const openSession = (): Promise<SessionHandle> =>
  orchestrator.createSession({
    participants: [
      { agentId: BACKEND, role: 'implementer' },
      { agentId: QA, role: 'implementer' },
    ],
  });

/** A handler that works until it is told to stop, and the moments in its life. */
function endless() {
  const begun = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<unknown>();
  const onTask: TaskHandler = (_, { signal }) => {
    begun.resolve();
    return new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        stopped.resolve(signal.reason);
        reject(signal.reason);
      }),
    );
  };
  return { onTask, begun: begun.promise, stopped: stopped.promise };
}

/** What waits in an agent's mailbox. */
async function mailOf(agentId: string): Promise<unknown[]> {
  const body = { agent_id: agentId, max_messages: 10 };
  const call = { address: bus.address, apiKey: bus.apiKey, method: 'MessageService/ReceiveMessages', body };
  return (await callJson(call)).body.deliveries ?? [];
}

async function typesOf(session: SessionHandle): Promise<(string | undefined)[]> {
  await session.complete({ summary: '' });
  const seen: (string | undefined)[] = [];
  for await (const { body } of session.events()) seen.push(body.case);
  return seen;
}

describe('ask', () => {
  test('resolves with the answer, and leaves nothing in the mailbox of whoever asked', async () => {
    await connect(BACKEND, { onTask: ({ payload }) => ({ built: payload.component ?? null }) });
    const session = await openSession();
    const task = { to: BACKEND, taskId: 'build', payload: { component: 'a' } };
    const answer = { taskId: 'build', agentId: BACKEND, failed: false, payload: { built: 'a' } };
    expect(await session.ask(task)).toMatchObject(answer);
    expect(await session.ask(task)).toMatchObject(answer);
    expect(await session.task('build')).toMatchObject({
      status: TaskStatus.COMPLETED,
      result: { content: { case: 'payload', value: { built: 'a' } } },
    });
    expect(await mailOf(ORCHESTRATOR)).toEqual([]);
  });

  test('resolves with a failure, too', async () => {
    await connect(BACKEND, { onTask: () => Promise.reject(new TypeError('no such component')) });
    expect(await (await openSession()).ask({ to: BACKEND })).toMatchObject({
      failed: true,
      payload: { error: { reason: 'TypeError', message: 'no such component' } },
    });
  });

  test('rejects when the task runs out of time', async () => {
    const session = await openSession();
    await expect(session.ask({ to: BACKEND, taskId: 'late', timeoutMs: 200 })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      reason: 'TASK_TIMED_OUT',
      facts: { task_id: 'late', cause: 'ATTEMPT_TIMED_OUT' },
    });
    expect((await session.task('late')).status).toBe(TaskStatus.TIMED_OUT);
  });

  test.each([
    [false, TaskStatus.QUEUED],
    [true, TaskStatus.CANCELLED],
  ])('whose wait is over (cancelOnTimeout %s) leaves the task %s', async (cancelOnTimeout, status) => {
    const session = await openSession();
    const taskId = `left-${status}`;
    await expect(session.ask({ to: BACKEND, taskId }, { waitMs: 200, cancelOnTimeout })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      reason: 'DEADLINE_EXCEEDED',
    });
    expect((await session.task(taskId)).status).toBe(status);
    await session.terminate({ reason: 'over' });
  });

  test('outlives a kill -9 of the bus', async () => {
    const work = Promise.withResolvers<{ done: boolean }>();
    const begun = Promise.withResolvers<void>();
    await connect(BACKEND, {
      onTask() {
        begun.resolve();
        return work.promise;
      },
    });
    const session = await openSession();
    const asked = session.ask({ to: BACKEND });
    await begun.promise;
    const port = Number(new URL(bus.address).port);
    await bus.kill();
    bus = await startBusProcess({ dataDir, port, env });
    work.resolve({ done: true });
    expect(await asked).toMatchObject({ payload: { done: true } });
  });

  test('works outside of sessions as well', async () => {
    await connect(BACKEND, { onTask: ({ sessionId }) => ({ sessionId }) });
    const { taskId, payload } = await orchestrator.ask({ to: BACKEND });
    expect(payload).toEqual({ sessionId: '' });
    expect(await orchestrator.task(taskId)).toMatchObject({ status: TaskStatus.COMPLETED, delegator: ORCHESTRATOR });
    expect(await orchestrator.messageStatus(taskId)).toMatchObject([{ recipient: BACKEND }]);
  });
});

describe('a task that is called off', () => {
  test('stops its agent, which says nothing more, and whoever asked hears of it', async () => {
    const { onTask, begun, stopped } = endless();
    const agent = await connect(BACKEND, { onTask });
    const session = await openSession();
    const asked = session.ask({ to: BACKEND, taskId: 'vain' }).catch((error: unknown) => error);
    await begun;
    expect(await session.cancelTask('vain', { reason: 'not needed' })).toMatchObject({ status: TaskStatus.CANCELLED });
    expect(await stopped).toMatchObject({ reason: 'TASK_CANCELLED', facts: { task_id: 'vain', cause: 'CANCELLED' } });
    expect(await asked).toMatchObject({ code: 'ABORTED', reason: 'TASK_CANCELLED' });
    await agent.drain();
    expect(await orchestrator.agents.get(BACKEND)).toMatchObject({ queuedMessages: 0 });
    expect(await typesOf(session)).not.toContain('taskResponseIgnored');
  });

  test('stops the process that is at it, whichever process of the agent gets the news', async () => {
    const { onTask, begun, stopped } = endless();
    const first = await connect(BACKEND, { instanceId: 'one', onTask });
    const session = await openSession();
    await session.delegate({ to: BACKEND, taskId: 'shared-mailbox' });
    await begun;
    // The idle process is the one that the bus gives the news to.
    const second = await connect(BACKEND, { instanceId: 'two', onTask });
    await session.cancelTask('shared-mailbox');
    expect(await stopped).toMatchObject({ code: 'ABORTED', facts: { task_id: 'shared-mailbox' } });
    await Promise.all([first.drain(), second.drain()]);
    expect(await orchestrator.agents.get(BACKEND)).toMatchObject({ queuedMessages: 0 });
    expect(await typesOf(session)).not.toContain('taskResponseIgnored');
  });

  test('outside of sessions stops its agent as well', async () => {
    const { onTask, begun, stopped } = endless();
    await connect(BACKEND, { onTask });
    const taskId = await orchestrator.delegate({ to: BACKEND });
    await begun;
    await orchestrator.cancelTask(taskId);
    expect(await stopped).toMatchObject({ reason: 'TASK_CANCELLED' });
  });

  test('takes the tasks along that it caused', async () => {
    const { onTask, begun, stopped } = endless();
    await connect(QA, { onTask });
    await connect(BACKEND, {
      async onTask(_, { delegate, signal }) {
        await delegate({ to: QA, taskId: 'child' });
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    });
    const session = await openSession();
    await session.delegate({ to: BACKEND, taskId: 'parent' });
    await begun;
    await session.cancelTask('parent');
    expect(await stopped).toMatchObject({ facts: { task_id: 'child', cause: 'PARENT_CANCELLED' } });
    expect(await session.task('child')).toMatchObject({ parentTaskId: 'parent', status: TaskStatus.CANCELLED });
  });

  test('cannot be called off once it has ended', async () => {
    await connect(BACKEND, { onTask: () => ({}) });
    const session = await openSession();
    const { taskId } = await session.ask({ to: BACKEND });
    await expect(session.cancelTask(taskId)).rejects.toMatchObject({ reason: 'TASK_ENDED' });
    await expect(session.cancelTask('nothing')).rejects.toMatchObject({ reason: 'TASK_NOT_FOUND' });
  });
});

test('an attempt that times out is stopped, and the next one starts afresh in the same process', async () => {
  const reasons: unknown[] = [];
  const agent = await connect(BACKEND, {
    async onTask(_, { signal }) {
      if (reasons.length > 0) return { attempt: 'second' };
      await new Promise<void>((resolve) =>
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason);
          resolve();
        }),
      );
      return { attempt: 'first' };
    },
  });
  const session = await openSession();
  const answer = await session.ask({ to: BACKEND, timeoutMs: 500, retry: { maxRetries: 3 } });
  expect(answer.payload).toEqual({ attempt: 'second' });
  expect(reasons).toMatchObject([{ code: 'ABORTED', facts: { cause: 'ATTEMPT_TIMED_OUT' } }]);
  await agent.drain();
  expect(await orchestrator.agents.get(BACKEND)).toMatchObject({ queuedMessages: 0 });
});

test('a fallback does what the first agent could not', async () => {
  await connect(QA, { onTask: () => ({ by: 'qa' }) });
  const session = await openSession();
  const answer = await session.ask({ to: BACKEND, timeoutMs: 300, fallbackAgents: [QA] });
  expect(answer).toMatchObject({ agentId: QA, payload: { by: 'qa' } });
  expect(await session.task(answer.taskId)).toMatchObject({ requestedAssignee: BACKEND, assignee: QA });
});

test('a task for a role is one for each, and their answers become one result', async () => {
  await connect(BACKEND, { onTask: () => ({ verdict: 'ship', confidence: 0.9 }) });
  await connect(QA, { onTask: () => ({ verdict: 'wait', confidence: 0.2 }) });
  const session = await openSession();
  const tasks = await session.delegateToAll({ to: { role: 'implementer' }, taskId: 'judge' });
  expect(tasks).toEqual([
    { taskId: 'judge#1', assignee: BACKEND },
    { taskId: 'judge#2', assignee: QA },
  ]);
  const open = new Set(tasks.map(({ taskId }) => taskId));
  for await (const { body } of session.events()) {
    if (body.case === 'taskCompleted') open.delete(body.value.taskId);
    if (open.size === 0) break;
  }
  const listed: string[] = [];
  for await (const { taskId } of session.tasks({ status: TaskStatus.COMPLETED })) listed.push(taskId);
  expect(listed).toEqual(['judge#1', 'judge#2']);
  const { unifiedResult, conflicts, summaryMarkdown } = await session.aggregate({
    method: AggregationMethod.CONFIDENCE_WEIGHTED,
  });
  expect(unifiedResult).toMatchObject({ verdict: 'ship' });
  expect(conflicts).toMatchObject([
    {
      key: 'verdict',
      values: [
        { value: 'ship', agentIds: [BACKEND] },
        { value: 'wait', agentIds: [QA] },
      ],
    },
  ]);
  expect(summaryMarkdown).toContain('verdict');
});

test('whoever delegates again under the same id learns of the same tasks', async () => {
  const session = await openSession();
  const task = { to: { allParticipants: true }, taskId: 'all' } as const;
  expect(await session.delegateToAll(task)).toEqual(await session.delegateToAll(task));
});

test('receipts tell an agent what became of its message', async () => {
  const receipts: Receipt[] = [];
  const told = Promise.withResolvers<void>();
  const sender = await connect(QA, {
    onReceipt(receipt) {
      receipts.push(receipt);
      if (receipt.state === MessageState.ACKNOWLEDGED) told.resolve();
    },
  });
  await connect(BACKEND, { onMessage() {} });
  const wanted = [MessageState.DELIVERED, MessageState.ACKNOWLEDGED];
  const { messageId, recipients } = await sender.send({
    to: BACKEND,
    type: MessageType.NOTIFICATION,
    receipts: wanted,
  });
  await told.promise;
  expect(recipients).toEqual([BACKEND]);
  expect(receipts.map(({ messageId, recipient, state }) => [messageId, recipient, state])).toEqual(
    wanted.map((state) => [messageId, BACKEND, state]),
  );
});

test.each([
  ['in a session', openSession],
  ['outside of sessions', () => Promise.resolve(orchestrator)],
])('what an agent says too late of a task %s is in nobody’s mailbox', async (_, open) => {
  const delegator = await open();
  await connect(BACKEND);
  const taskId = await delegator.delegate({ to: BACKEND });
  await delegator.cancelTask(taskId);
  const session_id = (await delegator.task(taskId)).sessionId;
  for (const [message_id, message_type] of [
    ['report', 'MESSAGE_TYPE_STATUS_UPDATE'],
    ['answer', 'MESSAGE_TYPE_TASK_RESPONSE'],
  ]) {
    const message = {
      message_id: `late-${message_id}-${taskId}`,
      sender: { agent_id: BACKEND, session_id },
      recipient: { agent_id: ORCHESTRATOR },
      message_type,
      correlation_id: taskId,
    };
    const call = { address: bus.address, apiKey: bus.apiKey, method: 'MessageService/SendMessage', body: { message } };
    expect((await callJson(call)).body).toMatchObject({ message_id: message.message_id, recipients: [] });
  }
  expect(await mailOf(ORCHESTRATOR)).toEqual([]);
});

test('a step that may fail is passed over', async () => {
  await connect(BACKEND, { onTask: () => Promise.reject(new Error('no linter')) });
  const session = await orchestrator.createSession({
    participants: [{ agentId: BACKEND, role: 'implementer' }],
    steps: [{ name: 'lint', requiredAgents: [BACKEND], onFailure: StepFailurePolicy.SKIP }, { name: 'ship' }],
  });
  await session.ask({ to: BACKEND, step: 'lint' });
  expect((await session.get()).workflow?.steps.map(({ status }) => status)).toEqual([
    StepStatus.SKIPPED,
    StepStatus.IN_PROGRESS,
  ]);
});
