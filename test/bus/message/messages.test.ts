import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AgentDescriptorSchema } from '../../../gen/ts/agentbus/v1/agent_pb.js';
import { MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { CompleteSessionRequestSchema } from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import {
  anybody,
  BACKEND,
  callerFor,
  FRONTEND,
  message,
  notificationsSession,
  type OpenBus,
  ORCHESTRATOR,
  openBus,
} from '../../open-bus.ts';

let open: OpenBus;
const counts = { accepted: 0, duplicate: 0 };
beforeEach(async () => {
  counts.accepted = counts.duplicate = 0;
  const observer = { accepted: () => void counts.accepted++, duplicate: () => void counts.duplicate++ };
  open = await openBus({ observer, limits: { maxMailboxMessages: 100 } });
  await open.bus.agents.register(anybody, create(AgentDescriptorSchema, { agentId: BACKEND }));
});
afterEach(() => open.bus.close());

const send = (fields: Parameters<typeof message>[0] = {}) => open.bus.messages.send(anybody, message(fields));
const never = new AbortController().signal;
const receive = (agentId = BACKEND, maxMessages = 100) =>
  open.bus.deliveries.receive(anybody, {
    agentId,
    instanceId: 'i',
    maxMessages,
    waitMs: 0,
    leaseMs: 30_000,
    signal: never,
  });
const refusal = (reason: string, facts: object = {}) =>
  expect.objectContaining({ reason, facts: expect.objectContaining(facts) });
const inSession = { agentId: ORCHESTRATOR, sessionId: 'sess_a' };

// Goal: an accepted message is accepted once, in order, and a refused one changes nothing.
// Method: the real engine in memory, time by hand.
describe('idempotency', () => {
  test('a repeat is answered with the first result', async () => {
    const first = await send({ messageId: 'm' });
    open.clock.advance(1_000);
    expect(await send({ messageId: 'm' })).toEqual({ ...first, duplicate: true });
    expect(await receive()).toHaveLength(1);
    expect(counts).toEqual({ accepted: 1, duplicate: 1 });
  });

  test('repeats at the same moment are one message', async () => {
    const outcomes = await Promise.all(Array.from({ length: 16 }, () => send({ messageId: 'm' })));
    expect(outcomes.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(await receive()).toHaveLength(1);
  });

  test('the same id with other content is refused, in flight and afterwards', async () => {
    const other = { messageId: 'm', step: 'other' };
    const [, second] = await Promise.allSettled([send({ messageId: 'm' }), send(other)]);
    const reused = refusal('MESSAGE_ID_REUSED', { sender: ORCHESTRATOR, message_id: 'm' });
    expect(second).toMatchObject({ status: 'rejected', reason: reused });
    await expect(send(other)).rejects.toEqual(reused);
  });

  test('another sender may use the same id', async () => {
    await send({ messageId: 'm' });
    expect((await send({ messageId: 'm', sender: { agentId: FRONTEND } })).duplicate).toBe(false);
  });

  test('a repeat is answered even when the session has ended since', async () => {
    await open.bus.sessions.create(anybody, notificationsSession({ sessionId: 'sess_a' }));
    await send({ messageId: 'm', sender: inSession });
    await open.bus.sessions.complete(anybody, create(CompleteSessionRequestSchema, { sessionId: 'sess_a' }));
    expect((await send({ messageId: 'm', sender: inSession })).duplicate).toBe(true);
  });
});

describe('order', () => {
  test('messages of one sender arrive as they were sent, sessions or not', async () => {
    await open.bus.sessions.create(anybody, notificationsSession({ sessionId: 'sess_a' }));
    const ids = Array.from({ length: 60 }, (_, index) => `o-${index}`);
    await Promise.all(
      ids.map((messageId, index) => send({ messageId, ...(index % 3 === 0 && { sender: inSession }) })),
    );
    expect((await receive()).map((lease) => lease.messageId)).toEqual(ids);
  });
});

describe('what is refused', () => {
  test.each([
    ['RECIPIENT_NOT_FOUND', { recipient: { target: { case: 'agentId' as const, value: FRONTEND } } }],
    ['SESSION_NOT_FOUND', { sender: { agentId: ORCHESTRATOR, sessionId: 'sess_none' } }],
    ['FIELD_INVALID', { recipient: { target: { case: 'role' as const, value: 'reviewer' } } }],
    ['FIELD_INVALID', { recipient: { target: { case: 'allParticipants' as const, value: true } } }],
    ['RECIPIENT_NOT_FOUND', { recipient: { target: { case: 'capability' as const, value: 'review' } } }],
    ['RECIPIENT_NOT_FOUND', { messageType: MessageType.TASK_REQUEST, routing: { fallbackAgents: [FRONTEND] } }],
    ['TASK_NOT_FOUND', { messageType: MessageType.TASK_REQUEST, parentTaskId: 'nobody-s' }],
    ['FIELD_INVALID', { messageType: MessageType.TASK_RESPONSE }],
    ['FIELD_INVALID', { routing: { expiresAt: timestampFromMs(0) } }],
    ['MESSAGE_TOO_LARGE', { content: { case: 'data' as const, value: new Uint8Array(4_200_000) } }],
  ])('%s, and nothing changed (%#)', async (reason, fields) => {
    await expect(send({ messageId: 'm', ...fields })).rejects.toEqual(refusal(reason));
    await expect(open.bus.messages.status(anybody, { sender: ORCHESTRATOR, messageId: 'm' })).rejects.toEqual(
      refusal('MESSAGE_NOT_FOUND'),
    );
    expect(counts.accepted).toBe(0);
  });

  test("somebody else's sender", async () => {
    await expect(open.bus.messages.send(callerFor(FRONTEND), message())).rejects.toEqual(
      refusal('AGENT_NOT_ALLOWED', { agent_id: ORCHESTRATOR }),
    );
  });

  test('a sender that is no member of the session, whatever its key may see', async () => {
    await open.bus.sessions.create(anybody, notificationsSession({ sessionId: 'sess_a' }));
    const sender = { agentId: 'codex://stranger', sessionId: 'sess_a' };
    await expect(send({ sender })).rejects.toEqual(refusal('SESSION_NOT_FOUND'));
  });

  test('a full mailbox, told to the sender, until there is room again', async () => {
    await Promise.all(Array.from({ length: 100 }, () => send()));
    await expect(send({ messageId: 'one-more' })).rejects.toEqual(
      refusal('MAILBOX_FULL', { bound: 'messages', limit: 100 }),
    );
    const [lease] = await receive(BACKEND, 1);
    await open.bus.deliveries.acknowledge(anybody, BACKEND, [lease?.deliveryId ?? '']);
    expect((await send({ messageId: 'one-more' })).duplicate).toBe(false);
  });
});

describe('in a session', () => {
  beforeEach(() => open.bus.sessions.create(anybody, notificationsSession({ sessionId: 'sess_a' })));

  const events = async () => {
    const query = { sessionId: 'sess_a', afterSequence: 1, types: [], limit: 100, waitMs: 0, signal: never };
    return (await open.bus.sessions.events(anybody, query)).events.map(({ body, cause, actor }) => ({
      case: body.case,
      value: body.value,
      cause,
      actor,
    }));
  };
  const task = (fields: object = {}) =>
    send({
      messageId: 't',
      sender: inSession,
      messageType: MessageType.TASK_REQUEST,
      step: 'implementation',
      ...fields,
    });
  const answer = (fields: object = {}) =>
    send({
      sender: { agentId: BACKEND, sessionId: 'sess_a' },
      recipient: { target: { case: 'agentId', value: ORCHESTRATOR } },
      messageType: MessageType.TASK_RESPONSE,
      correlationId: 't',
      ...fields,
    });

  test('the roster is enough for mail to wait: nobody need be registered', async () => {
    await send({ sender: inSession, recipient: { target: { case: 'agentId', value: FRONTEND } } });
    expect(await receive(FRONTEND)).toHaveLength(1);
  });

  test('a task and its answer are events of the session', async () => {
    await task();
    await send({
      messageId: 'p',
      sender: { agentId: BACKEND, sessionId: 'sess_a' },
      recipient: { target: { case: 'agentId', value: ORCHESTRATOR } },
      messageType: MessageType.STATUS_UPDATE,
      correlationId: 't',
      content: { case: 'payload', value: { progress: 40, note: 'half way' } },
    });
    await answer({ messageId: 'a', content: { case: 'payload', value: { files: 3 } } });
    expect(await events()).toMatchObject([
      {
        case: 'taskDelegated',
        cause: 't',
        actor: ORCHESTRATOR,
        value: { task: { taskId: 't', step: 'implementation', assignee: BACKEND } },
      },
      { case: 'taskProgressed', value: { taskId: 't', progress: 40, note: 'half way' } },
      { case: 'taskCompleted', cause: 'a', actor: BACKEND, value: { result: { content: { value: { files: 3 } } } } },
    ]);
  });

  test('an answer that says failed fails the task; one that comes late is recorded and changes nothing', async () => {
    await task();
    await answer({
      content: { case: 'payload', value: { status: 'failed', error: { reason: 'no_tests', message: 'none' } } },
    });
    await answer();
    expect(await events()).toMatchObject([
      { case: 'taskDelegated' },
      { case: 'taskFailed', value: { error: { reason: 'no_tests', message: 'none' } } },
      { case: 'taskResponseIgnored', value: { taskId: 't', agentId: BACKEND } },
    ]);
  });

  test("an answer from anybody but the assignee is not the task's", async () => {
    await task();
    await answer({ sender: { agentId: FRONTEND, sessionId: 'sess_a' } });
    expect((await events()).map((event) => event.case)).toEqual(['taskDelegated', 'taskResponseIgnored']);
  });

  test("a task id that is another sender's is refused", async () => {
    await task();
    await expect(task({ sender: { agentId: FRONTEND, sessionId: 'sess_a' } })).rejects.toEqual(
      refusal('TASK_ID_TAKEN', { task_id: 't' }),
    );
  });

  test('a step that the workflow does not have is refused', async () => {
    await expect(task({ step: 'deploy' })).rejects.toEqual(refusal('WORKFLOW_INVALID', { step: 'deploy' }));
  });

  test('progress outside of 0 to 100 is refused', async () => {
    await task();
    const update = {
      messageType: MessageType.STATUS_UPDATE,
      content: { case: 'payload' as const, value: { progress: 101 } },
    };
    await expect(answer(update)).rejects.toEqual(refusal('FIELD_INVALID', { field: 'message.payload.progress' }));
    expect(await events()).toHaveLength(1);
  });
});

describe('expiry', () => {
  test('a message that nobody took in time is not delivered any more, and its status says so', async () => {
    await send({ messageId: 'm', routing: { expiresAt: timestampFromMs(open.clock.now() + 10_000) } });
    open.clock.advance(10_000);
    expect(await receive()).toEqual([]);
    await open.bus.flush();
    expect(await open.bus.messages.status(anybody, { sender: ORCHESTRATOR, messageId: 'm' })).toMatchObject([
      { state: 'expired' },
    ]);
  });
});
