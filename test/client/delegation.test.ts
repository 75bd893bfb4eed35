/**
 * Goal: what an orchestrator asks for is what the contract says, and a wait for an answer outlives the calls that it is made of.
 * Method: a real client on a transport in memory, a bus whose answers the test writes, time by hand.
 */
import { type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { durationMs, timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createRouterTransport, type HandlerContext } from '@connectrpc/connect';
import { afterEach, describe, expect, test } from 'vitest';
import {
  DeliveryMode,
  EnvelopeSchema,
  MessageState,
  MessageType,
  ReplyMode,
} from '../../gen/ts/agentbus/v1/envelope_pb.js';
import {
  MessageService,
  type SendMessageRequest,
  type SendMessageResponseSchema,
} from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { type CreateSessionRequest, SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { type Task, TaskStatus } from '../../gen/ts/agentbus/v1/task_pb.js';
import { StepFailurePolicy } from '../../gen/ts/agentbus/v1/workflow_pb.js';
import { ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import { AggregationMethod, createOrchestrator, type Orchestrator } from '../../src/client/public.ts';
import { createFakeClock } from '../fake-clock.ts';
import { createSeededRandom } from './seeded-random.ts';

const ORCHESTRATOR = 'claude-code://orchestrator';
const BACKEND = 'opencode://backend';
const QA = 'claude-code://qa';

type Reply = MessageInitShape<typeof SendMessageResponseSchema>;
type OnSend = (request: SendMessageRequest, context: HandlerContext) => Reply | Promise<Reply>;

const orchestrators: Orchestrator[] = [];
afterEach(() => {
  for (const orchestrator of orchestrators.splice(0)) orchestrator.close();
});

/** An orchestrator whose messages go to `onSend`, and all that it asked of sessions. */
function start(onSend: OnSend = ({ message }) => ({ messageId: message!.messageId, recipients: [BACKEND] })) {
  const sent: SendMessageRequest[] = [];
  const asked: unknown[] = [];
  const transport = createRouterTransport(({ service }) => {
    service(MessageService, {
      sendMessage: (...call) => {
        sent.push(call[0]);
        return onSend(...call);
      },
      getMessageStatus(request) {
        asked.push(request);
        const acceptedTime = timestampFromDate(new Date(5));
        return { statuses: [{ recipient: BACKEND, state: MessageState.QUEUED, acceptedTime }] };
      },
    });
    service(SessionService, {
      createSession(request: CreateSessionRequest) {
        asked.push(request);
        return { session: { sessionId: 'sess_a' } };
      },
      getTask(request) {
        asked.push(request);
        const result = { content: { case: 'payload', value: { ok: true } } } as const;
        return { task: { taskId: request.taskId, status: TaskStatus.COMPLETED, result } };
      },
      cancelTask(request) {
        asked.push(request);
        return { task: { taskId: request.taskId, status: TaskStatus.CANCELLED } };
      },
      listTasks(request) {
        asked.push(request);
        const tasks: Pick<Task, 'taskId'>[] = [{ taskId: request.pageToken === '' ? 't1' : 't2' }];
        return { tasks, nextPageToken: request.pageToken === '' ? 'more' : '' };
      },
      aggregateResults(request) {
        asked.push(request);
        const value = { kind: { case: 'structValue', value: { fields: {} } } } as const;
        return {
          unifiedResult: { verdict: 'ship' },
          confidence: 0.5,
          conflicts: [{ key: 'verdict', values: [{ value, agentIds: [QA] }] }],
          summaryMarkdown: '# Summary',
        };
      },
    });
  });
  const clock = createFakeClock();
  const random = createSeededRandom(1);
  const orchestrator = createOrchestrator({ transport, agentId: ORCHESTRATOR, clock, random });
  orchestrators.push(orchestrator);
  return { orchestrator, session: orchestrator.openSession('sess_a'), clock, sent, asked };
}

/** The error of the bus for a reason. */
function refusal(code: Code, reason: string): ConnectError {
  const info = { desc: ErrorInfoSchema, value: { domain: 'agentbus', reason, metadata: { task_id: 'task_1' } } };
  return new ConnectError('refused', code, undefined, [info]);
}

const answer = (payload: object) =>
  ({ reply: { sender: { agentId: QA }, content: { case: 'payload', value: payload } } }) as Reply;

/** Lets everything happen that waits for nothing but its turn. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('delegate', () => {
  test('leaves the answer to the session, as nobody reads the mailbox, and carries what was asked for', async () => {
    const { session, sent } = start();
    const id = await session.delegate({
      to: { capability: 'typescript' },
      taskId: 'task_1',
      payload: { component: 'a' },
      timeoutMs: 1_500,
      retry: { maxRetries: 2 },
      fallbackAgents: [QA],
    });
    expect(id).toBe('task_1');
    expect(sent[0]?.message).toMatchObject({
      messageId: 'task_1',
      messageType: MessageType.TASK_REQUEST,
      sender: { agentId: ORCHESTRATOR, sessionId: 'sess_a' },
      recipient: { target: { case: 'capability', value: 'typescript' } },
      routing: {
        timeout: { seconds: 1n, nanos: 500_000_000 },
        retryPolicy: { maxRetries: 2 },
        fallbackAgents: [QA],
        replyMode: ReplyMode.SESSION,
        deliveryMode: DeliveryMode.UNSPECIFIED,
      },
    });
  });

  test('sends the answer to the mailbox of whoever wants it there', async () => {
    const { session, sent } = start();
    await session.delegate({ to: BACKEND, replies: 'mailbox' });
    expect(sent[0]?.message?.routing?.replyMode).toBe(ReplyMode.MAILBOX);
  });

  test('outside of sessions names none', async () => {
    const { orchestrator, sent, asked } = start();
    const taskId = await orchestrator.delegate({ to: BACKEND });
    expect(sent[0]?.message?.sender).toMatchObject({ agentId: ORCHESTRATOR, sessionId: '' });
    expect(await orchestrator.task(taskId)).toMatchObject({ status: TaskStatus.COMPLETED });
    expect(asked).toMatchObject([{ sessionId: '', taskId }]);
  });

  test('says nothing of routing for any other message that asks for nothing', async () => {
    const { session, sent } = start();
    await session.send({ to: BACKEND, type: MessageType.NOTIFICATION });
    expect(sent[0]?.message?.routing).toBeUndefined();
  });
});

test.each([
  [
    [BACKEND, QA],
    ['task_1#1', 'task_1#2'],
  ],
  [[QA], ['task_1']],
])('a task for everybody in a role of %j is known by %j', async (recipients, taskIds) => {
  const { session } = start(() => ({ messageId: 'task_1', recipients }));
  const delegated = await session.delegateToAll({ to: { role: 'reviewer' }, taskId: 'task_1' });
  expect(delegated).toEqual(recipients.map((assignee, index) => ({ taskId: taskIds[index], assignee })));
});

describe('tasks', () => {
  test('are read with their result, listed page by page, and called off with a reason', async () => {
    const { session, asked } = start();
    expect(await session.task('t')).toMatchObject({ result: { content: { case: 'payload', value: { ok: true } } } });
    const listed: string[] = [];
    for await (const { taskId } of session.tasks({ status: TaskStatus.WORKING, assignee: QA })) listed.push(taskId);
    expect(listed).toEqual(['t1', 't2']);
    expect(await session.cancelTask('t', { reason: 'changed my mind' })).toMatchObject({
      status: TaskStatus.CANCELLED,
    });
    expect(asked).toMatchObject([
      { sessionId: 'sess_a', taskId: 't' },
      { sessionId: 'sess_a', status: TaskStatus.WORKING, assignee: QA, pageToken: '' },
      { pageToken: 'more' },
      { sessionId: 'sess_a', taskId: 't', reason: 'changed my mind' },
    ]);
  });

  test('become one result, whose values are plain JSON', async () => {
    const { session, asked } = start();
    const how = { method: AggregationMethod.SPECIALIST_PRIORITY, roleOrder: ['reviewer'] };
    expect(await session.aggregate(how)).toEqual({
      unifiedResult: { verdict: 'ship' },
      confidence: 0.5,
      conflicts: [{ key: 'verdict', values: [{ value: {}, agentIds: [QA] }] }],
      results: [],
      summaryMarkdown: '# Summary',
    });
    expect(asked).toMatchObject([{ sessionId: 'sess_a', ...how }]);
  });
});

test('a message is where the bus says', async () => {
  const { orchestrator, asked } = start();
  expect(await orchestrator.messageStatus('m-1')).toMatchObject([
    { recipient: BACKEND, state: MessageState.QUEUED, acceptedTime: new Date(5) },
  ]);
  expect(asked).toMatchObject([{ sender: ORCHESTRATOR, messageId: 'm-1' }]);
});

test('a step says what follows when it fails', async () => {
  const { orchestrator, asked } = start();
  await orchestrator.createSession({ steps: [{ name: 'lint', onFailure: StepFailurePolicy.SKIP }, { name: 'ship' }] });
  expect(asked).toMatchObject([
    {
      workflow: {
        steps: [{ onFailure: StepFailurePolicy.SKIP }, { onFailure: StepFailurePolicy.UNSPECIFIED }],
      },
    },
  ]);
});

describe('ask', () => {
  test('waits in the call, and resolves with who answered what', async () => {
    const { session, sent } = start(() => answer({ verdict: 'ship' }));
    expect(await session.ask({ to: BACKEND, taskId: 'task_1' }, { waitMs: 60_000, cancelOnTimeout: true })).toEqual({
      taskId: 'task_1',
      agentId: QA,
      failed: false,
      payload: { verdict: 'ship' },
      data: undefined,
      contentType: '',
    });
    expect(sent[0]).toMatchObject({ cancelOnTimeout: true, wait: { seconds: 60n } });
    expect(sent[0]?.message?.routing).toMatchObject({
      deliveryMode: DeliveryMode.SYNC,
      replyMode: ReplyMode.SESSION,
    });
  });

  test('resolves with a failure as with any other answer, and with bytes as bytes', async () => {
    const failed = start(() => answer({ status: 'failed', error: { reason: 'TypeError' } }));
    expect(await failed.session.ask({ to: BACKEND })).toMatchObject({
      failed: true,
      payload: { error: { reason: 'TypeError' } },
    });
    const image = { contentType: 'image/png', content: { case: 'data', value: new Uint8Array([1]) } } as const;
    const painted = start(() => ({ reply: image }));
    expect(await painted.session.ask({ to: BACKEND })).toMatchObject({
      failed: false,
      payload: {},
      data: new Uint8Array([1]),
      contentType: 'image/png',
    });
  });

  test.each([
    [Code.DeadlineExceeded, 'TASK_TIMED_OUT'],
    [Code.Aborted, 'TASK_CANCELLED'],
    [Code.DeadlineExceeded, 'DEADLINE_EXCEEDED'],
    [Code.NotFound, 'RECIPIENT_NOT_FOUND'],
  ])('rejects with %i %s at once', async (code, reason) => {
    const { session, sent } = start(() => Promise.reject(refusal(code, reason)));
    await expect(session.ask({ to: BACKEND })).rejects.toMatchObject({ reason, facts: { task_id: 'task_1' } });
    expect(sent).toHaveLength(1);
  });

  test('waits on for what is left, with the very same message, when the bus went away meanwhile', async () => {
    const away = Promise.withResolvers<Reply>();
    const { session, clock, sent } = start(() => (sent.length === 1 ? away.promise : answer({})));
    const payload = { text: 'first' };
    const asked = session.ask({ to: BACKEND, payload }, { waitMs: 60_000 });
    payload.text = 'changed meanwhile';
    await turn();
    clock.advance(20_000);
    away.reject(refusal(Code.Unavailable, 'DRAINING'));
    await turn();
    clock.advance(200);
    await asked;
    const [before, after] = sent.map(({ message }) => toBinary(EnvelopeSchema, message!));
    expect(after).toEqual(before);
    const waitMs = durationMs(sent[1]!.wait!);
    expect(waitMs).toBeGreaterThanOrEqual(39_800);
    expect(waitMs).toBeLessThan(40_000);
  });

  test('gives up a bus that stays away, and one that comes back too late', async () => {
    const { session, clock, sent } = start(() => Promise.reject(refusal(Code.Unavailable, 'DRAINING')));
    const patient = session.ask({ to: BACKEND }).catch((error: unknown) => error);
    for (let tries = 0; tries < 8; tries++) {
      await turn();
      clock.advance(10_000);
    }
    expect(await patient).toMatchObject({ code: 'UNAVAILABLE' });
    expect(sent).toHaveLength(8);

    const hurried = session.ask({ to: BACKEND }, { waitMs: 1 }).catch((error: unknown) => error);
    await turn();
    clock.advance(10_000);
    expect(await hurried).toMatchObject({ code: 'UNAVAILABLE' });
    expect(sent).toHaveLength(9);
  });

  test('outlives any number of calls that held for a while', async () => {
    const calls: PromiseWithResolvers<Reply>[] = [];
    const { session, clock } = start(() => {
      const call = Promise.withResolvers<Reply>();
      calls.push(call);
      return call.promise;
    });
    const asked = session.ask({ to: BACKEND });
    for (let restarts = 0; restarts < 20; restarts++) {
      await turn();
      clock.advance(5_000);
      calls.at(-1)!.reject(refusal(Code.Unavailable, 'DRAINING'));
      await turn();
      clock.advance(200);
    }
    await turn();
    calls.at(-1)!.resolve(answer({ late: true }));
    expect(await asked).toMatchObject({ payload: { late: true } });
    expect(calls).toHaveLength(21);
  });

  test('waits as long as there is time for a bus that was there, however long it is away', async () => {
    const first = Promise.withResolvers<Reply>();
    const { session, clock, sent } = start(() => {
      if (sent.length === 1) return first.promise;
      return sent.length < 50 ? Promise.reject(refusal(Code.Unavailable, 'DRAINING')) : answer({ late: true });
    });
    const asked = session.ask({ to: BACKEND });
    await turn();
    clock.advance(5_000);
    first.reject(refusal(Code.Unavailable, 'DRAINING'));
    for (let tries = 0; tries < 50; tries++) {
      await turn();
      clock.advance(10_000);
    }
    expect(await asked).toMatchObject({ payload: { late: true } });
  });

  test('ends with CANCELLED when its signal aborts, and when the client closes', async () => {
    const { orchestrator, session } = start(
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new ConnectError('cancelled', Code.Canceled)));
        }),
    );
    const leaving = new AbortController();
    const left = session.ask({ to: BACKEND }, { signal: leaving.signal });
    const closed = session.ask({ to: BACKEND });
    await turn();
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: 'CANCELLED' });
    orchestrator.close();
    await expect(closed).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
