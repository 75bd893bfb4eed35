/**
 * Goal: GetTask, ListTasks and CancelTask do what the contract says, whichever protocol carries them.
 * Method: a real server on a real bus; every case by gRPC and by JSON over HTTP/1.1.
 */
import { toBinary } from '@bufbuild/protobuf';
import { ConnectError } from '@connectrpc/connect';
import { describe, expect, it } from 'vitest';
import { MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { SessionEventType } from '../../gen/ts/agentbus/v1/session_event_pb.js';
import { ListTasksResponseSchema } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { TaskStatus } from '../../gen/ts/agentbus/v1/task_pb.js';
import { ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import { callJson } from '../call-json.ts';
import { BACKEND, FRONTEND, ORCHESTRATOR, QA } from '../open-bus.ts';
import { headers, refusal, sessionId, startServices } from './start-services.ts';
import { taskRequest, taskResponse } from './task-messages.ts';

const as = (agentId: string) => ({ headers: { ...headers, 'x-agent-id': agentId } });

describe.each(['gRPC', 'JSON'] as const)('over %s', (protocol) => {
  async function start() {
    const services = await startServices({ protocol });
    const { messages, sessions } = services;
    return {
      ...services,
      send: (message: ReturnType<typeof taskRequest> | ReturnType<typeof taskResponse>) =>
        messages.sendMessage({ message }, { headers }),
      get: (taskId: string) => sessions.getTask({ sessionId, taskId }, { headers }),
      cancel: (taskId: string, agentId = ORCHESTRATOR) =>
        sessions.cancelTask({ sessionId, taskId, reason: 'not needed' }, as(agentId)),
    };
  }

  describe('GetTask', () => {
    it('shows a task at every turn of its life, and its result at the end', async () => {
      const { send, get, messages } = await start();
      await send(taskRequest('t', { routing: { timeout: { seconds: 60n } } }));
      const { task } = await get('t');
      expect(task).toMatchObject({
        taskId: 't',
        messageId: 't',
        sessionId,
        delegator: ORCHESTRATOR,
        assignee: BACKEND,
        requestedAssignee: BACKEND,
        status: TaskStatus.QUEUED,
        attempt: 1,
        routing: { timeout: { seconds: 60n } },
        endedSequence: 0n,
      });
      expect(task?.result).toBeUndefined();
      const { deliveries } = await messages.receiveMessages({ agentId: BACKEND }, { headers });
      // The bus notes the delivery by itself; the acknowledgement after it is on record when its call returns.
      await expect.poll(async () => (await get('t')).task?.status).toBe(TaskStatus.DELIVERED);
      const deliveryIds = deliveries.map(({ deliveryId }) => deliveryId);
      await messages.acknowledgeMessages({ agentId: BACKEND, deliveryIds }, { headers });
      expect((await get('t')).task?.status).toBe(TaskStatus.WORKING);
      const report = {
        ...taskResponse('t', { progress: 40, note: 'halfway' }),
        messageType: MessageType.STATUS_UPDATE,
      };
      await messages.sendMessage({ message: { ...report, messageId: 'report' } }, { headers });
      expect((await get('t')).task).toMatchObject({ progress: 40, note: 'halfway' });
      await send(taskResponse('t', { files: ['a.ts'] }));
      const ended = (await get('t')).task;
      expect(ended).toMatchObject({
        status: TaskStatus.COMPLETED,
        result: { content: { case: 'payload', value: { files: ['a.ts'] } } },
      });
      expect(ended?.endedSequence).toBeGreaterThan(0n);
    });

    it('shows why a task failed', async () => {
      const { send, get } = await start();
      await send(taskRequest('t'));
      await send(taskResponse('t', { status: 'failed', error: { reason: 'no_tests', message: 'nothing to run' } }));
      expect((await get('t')).task).toMatchObject({
        status: TaskStatus.FAILED,
        error: { reason: 'no_tests', message: 'nothing to run' },
        result: { content: { value: { status: 'failed' } } },
      });
    });

    it('finds a task outside of sessions by its delegator, named or acting, for the two agents alone', async () => {
      const { send, agents, sessions } = await start();
      await agents.registerAgent({ agent: { agentId: BACKEND } }, { headers });
      await send(taskRequest('t', { inSession: '' }));
      const named = { taskId: 't', delegator: ORCHESTRATOR };
      expect((await sessions.getTask(named, as(BACKEND))).task).toMatchObject({ taskId: 't', sessionId: '' });
      expect((await sessions.getTask({ taskId: 't' }, as(ORCHESTRATOR))).task).toMatchObject({ assignee: BACKEND });
      await send(taskResponse('t', { done: true }, { inSession: '' }));
      const { task } = await sessions.getTask(named, as(BACKEND));
      expect(task).toMatchObject({ status: TaskStatus.COMPLETED, result: { content: { value: { done: true } } } });
      const refused = (request: object, agentId: string) =>
        sessions.getTask(request, as(agentId)).then(() => 'shown', refusal);
      expect(await refused(named, QA)).toEqual({ code: 'NotFound', reason: 'TASK_NOT_FOUND' });
      expect(await refused({ taskId: 't' }, BACKEND)).toEqual({ code: 'NotFound', reason: 'TASK_NOT_FOUND' });
      const nameless = await sessions.getTask({ taskId: 't' }, { headers }).then(() => 'shown', refusal);
      expect(nameless).toEqual({ code: 'InvalidArgument', reason: 'FIELD_INVALID' });
    });

    it('finds nothing where nothing is, and no session for strangers', async () => {
      const { send, sessions } = await start();
      await send(taskRequest('t'));
      const refused = (request: object, agentId: string) =>
        sessions.getTask(request, as(agentId)).then(() => 'shown', refusal);
      expect(await refused({ sessionId, taskId: 'none' }, QA)).toEqual({ code: 'NotFound', reason: 'TASK_NOT_FOUND' });
      expect(await refused({ sessionId, taskId: 't' }, 'x://stranger')).toEqual({
        code: 'NotFound',
        reason: 'SESSION_NOT_FOUND',
      });
      expect(await refused({ sessionId, taskId: '' }, QA)).toEqual({
        code: 'InvalidArgument',
        reason: 'FIELD_INVALID',
      });
    });
  });

  describe('ListTasks', () => {
    it('pages in the order of delegation, and without results', async () => {
      const { send, sessions } = await start();
      const ids = Array.from({ length: 5 }, (_, index) => `t${index}`);
      for (const id of ids) await send(taskRequest(id));
      await send(taskResponse('t1', { done: true }));
      const seen: string[][] = [];
      let pageToken = '';
      do {
        const page = await sessions.listTasks({ sessionId, pageSize: 2, pageToken }, { headers });
        expect(page.tasks.every(({ result }) => result === undefined)).toBe(true);
        seen.push(page.tasks.map(({ taskId }) => taskId));
        pageToken = page.nextPageToken;
      } while (pageToken !== '');
      expect(seen).toEqual([['t0', 't1'], ['t2', 't3'], ['t4']]);
      const whole = await sessions.listTasks({ sessionId, pageSize: 5 }, { headers });
      expect([whole.tasks.length, whole.nextPageToken]).toEqual([5, '']);
    });

    it('filters by status and assignee, on every page', async () => {
      const { send, sessions } = await start();
      for (const [id, to] of Object.entries({ a: BACKEND, b: FRONTEND, c: BACKEND, d: FRONTEND, e: BACKEND })) {
        await send(taskRequest(id, { to }));
      }
      await send(taskResponse('c', {}));
      const ids = async (filter: object) => {
        const first = await sessions.listTasks({ sessionId, pageSize: 1, ...filter }, { headers });
        const { nextPageToken: pageToken } = first;
        const rest = await sessions.listTasks({ sessionId, ...filter, pageToken }, { headers });
        return [...first.tasks, ...rest.tasks].map(({ taskId }) => taskId);
      };
      expect(await ids({ assignee: BACKEND })).toEqual(['a', 'c', 'e']);
      expect(await ids({ status: TaskStatus.QUEUED })).toEqual(['a', 'b', 'd', 'e']);
      expect(await ids({ status: TaskStatus.QUEUED, assignee: BACKEND })).toEqual(['a', 'e']);
      const none = await sessions.listTasks({ sessionId, status: TaskStatus.TIMED_OUT }, { headers });
      expect([none.tasks, none.nextPageToken]).toEqual([[], '']);
    });

    it('refuses the page token of another list', async () => {
      const { send, sessions } = await start();
      for (const id of ['a', 'b']) await send(taskRequest(id));
      const { nextPageToken: eventsToken } = await sessions.listSessionEvents({ sessionId, pageSize: 1 }, { headers });
      expect(eventsToken).not.toBe('');
      for (const pageToken of [eventsToken, 'bm9uc2Vuc2U']) {
        const refused = await sessions.listTasks({ sessionId, pageToken }, { headers }).then(() => 'listed', refusal);
        expect(refused).toEqual({ code: 'InvalidArgument', reason: 'PAGE_TOKEN_INVALID' });
      }
    });
  });

  describe('CancelTask', () => {
    it('calls a task off; a repeat changes nothing', async () => {
      const { send, cancel, sessions, messages } = await start();
      await send(taskRequest('t'));
      const first = await cancel('t');
      expect(first.task).toMatchObject({
        status: TaskStatus.CANCELLED,
        error: { reason: 'CANCELLED', message: 'not needed' },
      });
      expect((await cancel('t')).task).toEqual(first.task);
      const types = [SessionEventType.TASK_CANCELLED];
      expect((await sessions.listSessionEvents({ sessionId, types }, { headers })).events).toHaveLength(1);
      expect((await messages.receiveMessages({ agentId: BACKEND }, { headers })).deliveries).toEqual([]);
    });

    it('refuses a task that ended in another way', async () => {
      const { send, cancel } = await start();
      await send(taskRequest('t'));
      await send(taskResponse('t', {}));
      const error = ConnectError.from(await cancel('t').catch((reason: unknown) => reason));
      expect(refusal(error)).toEqual({ code: 'FailedPrecondition', reason: 'TASK_ENDED' });
      expect(error.findDetails(ErrorInfoSchema)[0]?.metadata).toEqual({ task_id: 't', status: 'COMPLETED' });
    });

    it('is for the delegator and the orchestrator alone', async () => {
      const { send, cancel, get } = await start();
      await send(taskRequest('t', { from: BACKEND, to: QA }));
      await send(taskRequest('u', { from: BACKEND, to: QA }));
      const error = ConnectError.from(await cancel('t', FRONTEND).catch((reason: unknown) => reason));
      expect(refusal(error)).toEqual({ code: 'PermissionDenied', reason: 'NOT_DELEGATOR' });
      expect(error.findDetails(ErrorInfoSchema)[0]?.metadata).toEqual({ task_id: 't', delegator: BACKEND });
      expect((await get('t')).task?.status).toBe(TaskStatus.QUEUED);
      expect((await cancel('t', BACKEND)).task?.status).toBe(TaskStatus.CANCELLED);
      expect((await cancel('u', ORCHESTRATOR)).task?.status).toBe(TaskStatus.CANCELLED);
    });

    it('tells an assignee that has the task, by a message that answers the request', async () => {
      const { send, cancel, messages } = await start();
      await send(taskRequest('t'));
      await messages.receiveMessages({ agentId: BACKEND }, { headers });
      await cancel('t');
      const { deliveries } = await messages.receiveMessages({ agentId: BACKEND }, { headers });
      expect(deliveries).toMatchObject([
        {
          message: {
            sender: { agentId: 'agentbus://bus' },
            messageType: MessageType.NOTIFICATION,
            correlationId: 't',
            content: { value: { event: 'task_cancelled', task_id: 't', code: 'CANCELLED', reason: 'not needed' } },
          },
        },
      ]);
    });
  });
});

it('speaks proto field names and enum words to those who have nothing but curl', async () => {
  const { url } = await startServices();
  const call = (method: string, body: object) => callJson({ address: url, apiKey: 'anybody', method, body });
  const message = {
    message_id: 't',
    sender: { agent_id: ORCHESTRATOR, session_id: sessionId },
    recipient: { agent_id: BACKEND },
    message_type: 'task_request',
    routing: { timeout: '60s' },
  };
  expect((await call('/messages/send', message)).body).toMatchObject({ message_id: 't', recipients: [BACKEND] });
  const { body } = await call('SessionService/ListTasks', { session_id: sessionId, status: 'TASK_STATUS_QUEUED' });
  expect(body).toMatchObject({
    tasks: [{ task_id: 't', status: 'TASK_STATUS_QUEUED', attempt: 1, routing: { timeout: '60s' } }],
    next_page_token: '',
  });
  const cancelled = await call('SessionService/CancelTask', { session_id: sessionId, task_id: 't' });
  expect(cancelled.body.task).toMatchObject({ status: 'TASK_STATUS_CANCELLED', error: { reason: 'CANCELLED' } });
  const { body: got } = await call('SessionService/GetTask', { session_id: sessionId, task_id: 't' });
  expect(got).toEqual(cancelled.body);
});

it('ends a page of large tasks before it outgrows what gRPC clients receive', async () => {
  const { messages, sessions } = await startServices();
  const fallbackAgents = Array.from({ length: 16 }, (_, index) => `x://${'a'.repeat(245)}${index}`);
  const inSession = 'sess_large';
  const participants = [BACKEND, ...fallbackAgents].map((agentId) => ({ agentId, role: 'worker' }));
  await sessions.createSession({ sessionId: inSession, orchestrator: ORCHESTRATOR, participants }, { headers });
  const taskIds = Array.from({ length: 500 }, (_, index) => `${'t'.repeat(120)}${index}`);
  const send = (messageOf: (taskId: string) => Parameters<typeof messages.sendMessage>[0]['message']) =>
    Promise.all(taskIds.map((id) => messages.sendMessage({ message: messageOf(id)! }, { headers })));
  await send((id) => taskRequest(id, { inSession, routing: { fallbackAgents } }));
  await send((id) => ({
    ...taskResponse(id, { note: 'n'.repeat(1_024) }, { inSession }),
    messageId: `report-${id.slice(120)}`,
    messageType: MessageType.STATUS_UPDATE,
  }));
  const failed = { status: 'failed', error: '\u{1f4a5}'.repeat(1_024) };
  await send((id) => ({ ...taskResponse(id, failed, { inSession }), messageId: `answer-${id.slice(120)}` }));
  const seen: string[] = [];
  let pageToken = '';
  do {
    const page = await sessions.listTasks({ sessionId: inSession, pageSize: 500, pageToken }, { headers });
    expect(toBinary(ListTasksResponseSchema, page).length).toBeLessThan(4 * 1024 * 1024);
    seen.push(...page.tasks.map(({ taskId }) => taskId));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  expect(seen).toEqual(taskIds);
});
