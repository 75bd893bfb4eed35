/**
 * Goal: a call that waits for an answer gets it or one clear error, in every protocol, and says honestly what
 * becomes of the task. Method: whole nodes on the clock of the machine, calls as clients make them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectError } from '@connectrpc/connect';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DeliveryMode, MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import type { SendMessageRequest } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { SessionEventType } from '../../gen/ts/agentbus/v1/session_event_pb.js';
import { TaskStatus } from '../../gen/ts/agentbus/v1/task_pb.js';
import { ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import { BACKEND, FRONTEND, ORCHESTRATOR } from '../open-bus.ts';
import { type StartedNode, type StartNodeOptions, startNode } from './start-node.ts';
import { headers, refusal, sessionId } from './start-services.ts';
import { openStream } from './stream-client.ts';
import { taskRequest, taskResponse } from './task-messages.ts';

const { SYNC } = DeliveryMode;
const question = (taskId: string) => taskRequest(taskId, { routing: { deliveryMode: SYNC } });
const jsonQuestion = (messageId: string, deliveryMode = 'DELIVERY_MODE_SYNC', type = 'MESSAGE_TYPE_TASK_REQUEST') => ({
  message_id: messageId,
  sender: { agent_id: ORCHESTRATOR, session_id: sessionId },
  recipient: { agent_id: BACKEND },
  message_type: type,
  routing: { delivery_mode: deliveryMode },
});
const info = (error: unknown) => ConnectError.from(error).findDetails(ErrorInfoSchema)[0];

/** A node with the session, and what its members do; each resolves when the bus has seen it. */
async function start(options: StartNodeOptions = {}) {
  const started = await startNode(options);
  if (options.dataDir === undefined) await started.openSession();
  return { ...started, ...membersOf(started) };
}

function membersOf({ sessions, messages }: StartedNode) {
  const received = async (agentId: string) =>
    (await messages.receiveMessages({ agentId, maxMessages: 10 }, { headers })).deliveries;
  return {
    received,
    ask: (
      taskId: string,
      fields: Partial<Pick<SendMessageRequest, 'cancelOnTimeout'>> & { wait?: { nanos: number } } = {},
      call: { signal?: AbortSignal; timeoutMs?: number; headers?: Record<string, string> } = {},
    ) => {
      const asking = messages.sendMessage(
        { message: question(taskId), ...fields },
        { ...call, headers: { ...headers, ...call.headers } },
      );
      // Some tests look at it only later.
      asking.catch(() => undefined);
      return asking;
    },
    /** Resolves when the agent has the task, and so the call waits. */
    async taken() {
      const { deliveries } = await messages.receiveMessages({ agentId: BACKEND, wait: { seconds: 20n } }, { headers });
      expect(deliveries).toHaveLength(1);
    },
    answer: (taskId: string) =>
      messages.sendMessage({ message: taskResponse(taskId, { verdict: 'good' }) }, { headers }),
    status: async (taskId: string) => (await sessions.getTask({ sessionId, taskId }, { headers })).task?.status,
    async event(type: SessionEventType) {
      const { events } = await sessions.listSessionEvents(
        { sessionId, types: [type], wait: { seconds: 20n } },
        { headers },
      );
      expect(events).toHaveLength(1);
    },
  };
}

describe.each(['gRPC', 'JSON'] as const)('DELIVERY_MODE_SYNC over %s', (protocol) => {
  it('returns the answer in the call, and leaves none in the mailbox', async () => {
    const { ask, taken, answer, received } = await start({ protocol });
    const asking = ask('t');
    await taken();
    await answer('t');
    expect(await asking).toMatchObject({
      messageId: 't',
      duplicate: false,
      recipients: [BACKEND],
      reply: {
        messageId: 't-answer',
        sender: { agentId: BACKEND, sessionId },
        messageType: MessageType.TASK_RESPONSE,
        correlationId: 't',
        content: { case: 'payload', value: { verdict: 'good' } },
      },
    });
    expect(await received(ORCHESTRATOR)).toEqual([]);
  });

  it('names the task when the wait is over before it; the task goes on', async () => {
    const { ask, taken, answer, received, status } = await start({ protocol });
    const error = await ask('t', { wait: { nanos: 50_000_000 } }).catch((reason: unknown) => reason);
    expect(refusal(error)).toEqual({ code: 'DeadlineExceeded', reason: 'DEADLINE_EXCEEDED' });
    expect(info(error)?.metadata).toEqual({ task_id: 't' });
    expect(await status('t')).toBe(TaskStatus.QUEUED);
    await taken();
    await answer('t');
    expect(await status('t')).toBe(TaskStatus.COMPLETED);
    expect(await received(ORCHESTRATOR)).toMatchObject([{ message: { correlationId: 't' } }]);
  });

  it('calls the task off when the wait is over, if asked to', async () => {
    const { ask, status } = await start({ protocol });
    const error = await ask('t', { wait: { nanos: 50_000_000 }, cancelOnTimeout: true }).catch((reason) => reason);
    expect(refusal(error)).toEqual({ code: 'DeadlineExceeded', reason: 'DEADLINE_EXCEEDED' });
    expect(await status('t')).toBe(TaskStatus.CANCELLED);
  });

  it.each([
    // As much time as gives the answer its longest head start, which it needs on a busy machine.
    ['by a client that gives up at the same moment', { timeoutMs: 2_500 }],
    ['by a client that leaves it to the bus', { headers: { 'connect-timeout-ms': '2500', 'grpc-timeout': '2500m' } }],
  ])("takes the call's own deadline for the end of the wait: set %s", async (_, call) => {
    const { ask, event, status } = await start({ protocol });
    const calls = [ask('t', { cancelOnTimeout: true }, call), ask('u', {}, call)];
    const errors = await Promise.all(calls.map((asking) => asking.catch((reason: unknown) => reason)));
    // Calling a task off takes a write, which may be done when nobody listens any more.
    expect(refusal(errors[0]).code).toBe('DeadlineExceeded');
    expect(info(errors[1])).toMatchObject({ reason: 'DEADLINE_EXCEEDED', metadata: { task_id: 'u' } });
    await event(SessionEventType.TASK_CANCELLED);
    expect([await status('t'), await status('u')]).toEqual([TaskStatus.CANCELLED, TaskStatus.QUEUED]);
  });

  it('leaves the task alone when its client hangs up, and sends the answer to the mailbox', async () => {
    const { ask, taken, answer, received, status, address } = await start({ protocol });
    const client = new AbortController();
    const asking = ask('t', { cancelOnTimeout: true }, { signal: client.signal });
    await taken();
    client.abort();
    await expect(asking).rejects.toThrow();
    await expect.poll(async () => (await fetch(`${address}/metrics`)).text()).toMatch(/^agentbus_open_calls 0$/m);
    expect(await status('t')).toBe(TaskStatus.DELIVERED);
    await answer('t');
    expect(await received(ORCHESTRATOR)).toMatchObject([{ message: { correlationId: 't' } }]);
  });

  it('works outside of sessions too, for an agent that nobody knows', async () => {
    const { agents, messages, taken } = await start({ protocol });
    await agents.registerAgent({ agent: { agentId: BACKEND } }, { headers });
    const outside = { from: 'script://nightly', inSession: '' };
    const message = taskRequest('t', { ...outside, routing: { deliveryMode: SYNC } });
    const asking = messages.sendMessage({ message }, { headers });
    await taken();
    await messages.sendMessage({ message: taskResponse('t', { verdict: 'good' }, outside) }, { headers });
    expect((await asking).reply).toMatchObject({
      sender: { agentId: BACKEND, sessionId: '' },
      recipient: { target: { value: 'script://nightly' } },
      content: { value: { verdict: 'good' } },
    });
  });

  it('ends with the task that times out or is called off', async () => {
    const { ask, taken, sessions, messages } = await start({ protocol });
    const bounded = taskRequest('late', {
      routing: { deliveryMode: SYNC, timeout: { seconds: 0n, nanos: 50_000_000 } },
    });
    const late = await messages.sendMessage({ message: bounded }, { headers }).catch((reason: unknown) => reason);
    expect(refusal(late)).toEqual({ code: 'DeadlineExceeded', reason: 'TASK_TIMED_OUT' });
    expect(info(late)?.metadata).toEqual({ task_id: 'late', cause: 'ATTEMPT_TIMED_OUT' });
    const asking = ask('t');
    await taken();
    await sessions.cancelTask({ sessionId, taskId: 't' }, { headers });
    const off = await asking.catch((reason: unknown) => reason);
    expect(refusal(off)).toEqual({ code: 'Aborted', reason: 'TASK_CANCELLED' });
    expect(info(off)?.metadata).toEqual({ task_id: 't', cause: 'CANCELLED' });
  });

  it.each([
    ['no wait at all', { wait: {} }],
    ['a wait of more than an hour', { wait: { seconds: 3_601n } }],
  ])('refuses %s', async (_, fields) => {
    const { messages } = await start({ protocol });
    const call = messages.sendMessage({ message: question('t'), ...fields }, { headers });
    const error = await call.catch((reason: unknown) => reason);
    expect(refusal(error)).toEqual({ code: 'InvalidArgument', reason: 'FIELD_INVALID' });
    expect(info(error)?.metadata).toMatchObject({ field: 'wait' });
  });
});

describe('a waiting call as curl makes it', () => {
  it.each([
    ['SendMessage', 'MessageService/SendMessage', { message: jsonQuestion('t') }],
    ['POST /messages/send', '/messages/send', jsonQuestion('t', 'sync', 'task_request')],
  ])('gets the answer by %s', async (_, method, body) => {
    const { json, taken, answer } = await start();
    const asking = json(method, body);
    await taken();
    await answer('t');
    expect(await asking).toMatchObject({
      status: 200,
      body: {
        message_id: 't',
        recipients: [BACKEND],
        reply: {
          message_type: 'MESSAGE_TYPE_TASK_RESPONSE',
          sender: { agent_id: BACKEND },
          correlation_id: 't',
          payload: { verdict: 'good' },
        },
      },
    });
  });

  it('is told of its deadline with 504 and the name of the task', async () => {
    const { json, status } = await start();
    const body = { message: jsonQuestion('t'), wait: '0.05s', cancel_on_timeout: true };
    expect(await json('MessageService/SendMessage', body)).toMatchObject({
      status: 504,
      reason: 'DEADLINE_EXCEEDED',
      facts: { task_id: 't' },
    });
    expect(await status('t')).toBe(TaskStatus.CANCELLED);
    const send = { message: jsonQuestion('u') };
    expect(await json('MessageService/SendMessage', send, { 'connect-timeout-ms': '2500' })).toMatchObject({
      status: 504,
      facts: { task_id: 'u' },
    });
    expect(await status('u')).toBe(TaskStatus.QUEUED);
  });
});

it('answers DRAINING when the bus stops, and gives the reply to a repeat after its restart', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'agentbus-sync-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const first = await start({ dataDir });
  await first.openSession();
  const asking = first.json('MessageService/SendMessage', { message: jsonQuestion('t') });
  await first.taken();
  const byGrpc = first.ask('other').catch((reason: unknown) => reason);
  await first.taken();
  await first.node.stop('a new version');
  expect(await asking).toMatchObject({ status: 503, reason: 'DRAINING' });
  expect(refusal(await byGrpc)).toEqual({ code: 'Unavailable', reason: 'DRAINING' });

  const second = await start({ dataDir });
  const repeated = second.json('MessageService/SendMessage', { message: jsonQuestion('t') });
  await second.taken();
  await second.answer('t');
  const reply = { message_id: 't-answer', payload: { verdict: 'good' } };
  expect(await repeated).toMatchObject({ status: 200, body: { duplicate: true, reply } });
  await second.node.stop('another version');

  const third = await start({ dataDir });
  const late = await third.json('MessageService/SendMessage', { message: jsonQuestion('t') });
  expect(late).toMatchObject({ status: 200, body: { duplicate: true, reply } });
});

it('is refused on a stream, which does not wait', async () => {
  const { agents, status } = await start();
  const stream = openStream(agents, headers);
  stream.say({ case: 'hello', value: { agent: { agentId: ORCHESTRATOR }, instanceId: 'i', sendOnly: true } });
  await stream.nextOf('welcome');
  stream.say({ case: 'send', value: { messages: [question('t'), taskRequest('u', { to: FRONTEND })] } });
  const { results } = await stream.nextOf('sendResult');
  expect(results).toMatchObject([
    {
      messageId: 't',
      outcome: {
        case: 'error',
        value: {
          info: { reason: 'FIELD_INVALID', metadata: { field: 'message.routing.delivery_mode', rule: 'unary_only' } },
        },
      },
    },
    { messageId: 'u', outcome: { case: 'accepted', value: { recipients: [FRONTEND] } } },
  ]);
  await expect(status('t')).rejects.toThrow('there is no task t');
  stream.abort();
});

it.each([
  ['a message that nothing answers', { messageType: MessageType.NOTIFICATION }, 'task_request'],
  ['several recipients', { recipient: { target: { case: 'allParticipants', value: true } } }, 'one_recipient'],
] as const)('is refused for %s', async (_, fields, rule) => {
  const { messages } = await start();
  const error = await messages.sendMessage({ message: { ...question('t'), ...fields } }, { headers }).catch((r) => r);
  expect(info(error)?.metadata).toMatchObject({ field: 'message.routing.delivery_mode', rule });
});
