/**
 * Goal: whoever has nothing but curl reaches a role, a capability or everybody, and is told whom.
 * Method: whole nodes in memory, JSON over HTTP/1.1; agents that are alive hold real streams.
 */
import { describe, expect, it } from 'vitest';
import { BACKEND, FRONTEND, ORCHESTRATOR, QA } from '../open-bus.ts';
import { startNode } from './start-node.ts';
import { headers, sessionId } from './start-services.ts';
import { openStream } from './stream-client.ts';

const message = (message_id: string, recipient: object, fields: object = {}) => ({
  message_id,
  sender: { agent_id: ORCHESTRATOR, session_id: sessionId },
  recipient,
  message_type: 'task_request',
  payload: { text: message_id },
  ...fields,
});

async function start() {
  const node = await startNode();
  await node.openSession();
  const { json, agents } = node;
  return {
    ...node,
    send: (body: object) => json('/messages/send', body),
    received: async (agent_id: string): Promise<{ message: { message_id: string } }[]> =>
      (await json('MessageService/ReceiveMessages', { agent_id, max_messages: 10 })).body.deliveries,
    taskIds: async (): Promise<[string, string][]> => {
      const { body } = await json('SessionService/ListTasks', { session_id: sessionId });
      return body.tasks.map(({ task_id, assignee }: Record<string, string>) => [task_id, assignee]);
    },
    /** Puts an agent on a stream, with work in hand as far as it says so. */
    async connect(agentId: string, load: number) {
      const stream = openStream(agents, headers);
      const agent = { agentId, capabilities: ['review'] };
      stream.say({ case: 'hello', value: { agent, instanceId: 'i', sendOnly: true } });
      await stream.nextOf('welcome');
      stream.say({ case: 'heartbeat', value: { load, note: '' } });
      const heard = async () => (await json('AgentService/GetAgent', { agent_id: agentId })).body.agent.instances[0];
      await expect.poll(heard).toMatchObject({ load });
    },
  };
}

describe('a message to a role', () => {
  it('becomes a task for each who has it, in the order of the roster, under the id that each was given', async () => {
    const { send, received, taskIds } = await start();
    const { status, body } = await send(message('build', { role: 'implementer' }));
    expect([status, body.recipients]).toEqual([200, [BACKEND, FRONTEND]]);
    expect(await taskIds()).toEqual([
      ['build#1', BACKEND],
      ['build#2', FRONTEND],
    ]);
    for (const agentId of [BACKEND, FRONTEND]) {
      expect(await received(agentId)).toMatchObject([{ message: { message_id: 'build' } }]);
    }
    const answer = message('done', { agent_id: ORCHESTRATOR }, { message_type: 'task_response' });
    await send({ ...answer, sender: { agent_id: FRONTEND, session_id: sessionId }, correlation_id: 'build' });
    expect(await received(ORCHESTRATOR)).toHaveLength(1);
    const again = await send(message('build', { role: 'implementer' }));
    expect(again.body).toMatchObject({ duplicate: true, recipients: [BACKEND, FRONTEND] });
  });

  it('needs somebody who has it, and a session', async () => {
    const { send, taskIds } = await start();
    expect(await send(message('m', { role: 'designer' }))).toMatchObject({
      status: 404,
      reason: 'RECIPIENT_NOT_FOUND',
      facts: { role: 'designer' },
    });
    const outside = { sender: { agent_id: ORCHESTRATOR }, message_type: 'notification' };
    expect(await send(message('m', { role: 'implementer' }, outside))).toMatchObject({
      status: 400,
      reason: 'FIELD_INVALID',
      facts: { field: 'message.recipient.role', rule: 'needs_session' },
    });
    expect(await taskIds()).toEqual([]);
  });
});

describe('a message to all participants', () => {
  it('goes to everybody in the roster but its sender', async () => {
    const { send, received } = await start();
    const news = message('news', { all_participants: true }, { message_type: 'notification' });
    const { body } = await send({ ...news, sender: { agent_id: FRONTEND, session_id: sessionId } });
    expect(body.recipients).toEqual([BACKEND, QA]);
    for (const agentId of [BACKEND, QA]) expect(await received(agentId)).toHaveLength(1);
    for (const agentId of [FRONTEND, ORCHESTRATOR]) expect(await received(agentId)).toEqual([]);
  });
});

describe('a message to a capability', () => {
  it('goes to the member that is alive and has the least to do, and says to whom', async () => {
    const { send, connect, received } = await start();
    await connect(BACKEND, 0.9);
    await connect(QA, 0.1);
    await connect('x://no-member', 0);
    const first = await send(message('first', { capability: 'review' }));
    expect(first.body).toMatchObject({ duplicate: false, recipients: [QA] });
    // Mail that waits counts for more than what agents say of themselves.
    expect((await send(message('second', { capability: 'review' }))).body.recipients).toEqual([BACKEND]);
    expect((await send(message('first', { capability: 'review' }))).body).toMatchObject({
      duplicate: true,
      recipients: [QA],
    });
    expect(await received(QA)).toMatchObject([{ message: { message_id: 'first' } }]);
  });

  it('finds nobody where nobody is alive', async () => {
    const { send, json } = await start();
    await json('AgentService/RegisterAgent', { agent: { agent_id: QA, capabilities: ['review'] } });
    expect(await send(message('m', { capability: 'review' }))).toMatchObject({
      status: 404,
      reason: 'RECIPIENT_NOT_FOUND',
      facts: { capability: 'review' },
    });
  });
});
