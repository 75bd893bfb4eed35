import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callJson, type JsonAnswer } from '../call-json.ts';
import { BACKEND, ORCHESTRATOR, QA } from '../open-bus.ts';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

// Goal: a key reaches the mail, the sessions and the names of its own agents, and of nobody else.
// Method: one real bus; a key of the backend alone tries every call on what belongs to others, and nothing has changed.

const NARROW_KEY = 'the key of the backend alone';

let folder: string;
let bus: BusProcess;
/** A delivery of the QA's that is not settled. */
let delivery: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agentbus-narrow-key-'));
  const keys = join(folder, 'keys.json');
  const key_sha256 = createHash('sha256').update(NARROW_KEY).digest('hex');
  await writeFile(keys, JSON.stringify({ principals: [{ name: 'backend', key_sha256, agents: [BACKEND] }] }));
  bus = await startBusProcess({ env: { AGENT_BUS_KEYS_FILE: keys } });
  await master('SessionService/CreateSession', {
    session_id: 'sess_theirs',
    orchestrator: ORCHESTRATOR,
    participants: [{ agent_id: QA, role: 'reviewer' }],
  });
  await master('SessionService/CreateSession', {
    session_id: 'sess_ours',
    orchestrator: ORCHESTRATOR,
    participants: [{ agent_id: BACKEND, role: 'implementer' }],
  });
  await master('AgentService/RegisterAgent', { agent: { agent_id: QA } });
  await master('MessageService/SendMessage', { message: notification({ message_id: 'theirs' }) });
  const inSession = { sender: { agent_id: ORCHESTRATOR, session_id: 'sess_theirs' } };
  await master('MessageService/SendMessage', { message: task({ message_id: 'task_theirs', ...inSession }) });
  await master('MessageService/SendMessage', { message: task({ message_id: 'task_outside' }) });
  const { body } = await master('MessageService/ReceiveMessages', { agent_id: QA });
  delivery = body.deliveries[0].delivery_id;
});
afterAll(async () => {
  expect(await bus.stop()).toBe(0);
  await rm(folder, { recursive: true });
});

const master = (method: string, body: unknown): Promise<JsonAnswer> =>
  callJson({ address: bus.address, apiKey: bus.apiKey, method, body });
const narrow = (method: string, body: unknown, headers = {}): Promise<JsonAnswer> =>
  callJson({ address: bus.address, apiKey: NARROW_KEY, method, body, headers });
const notification = (fields: object) => ({
  message_id: 'm',
  sender: { agent_id: ORCHESTRATOR },
  recipient: { agent_id: QA },
  message_type: 'MESSAGE_TYPE_NOTIFICATION',
  ...fields,
});
const task = (fields: object) => notification({ message_type: 'MESSAGE_TYPE_TASK_REQUEST', ...fields });
const everything = async () => [
  await master('SessionService/GetSession', { session_id: 'sess_theirs' }),
  await master('SessionService/GetSession', { session_id: 'sess_ours' }),
  await master('MessageService/GetMessageStatus', { sender: ORCHESTRATOR, message_id: 'theirs' }),
  await master('SessionService/GetTask', { session_id: 'sess_theirs', task_id: 'task_theirs' }),
  await master('SessionService/GetTask', { task_id: 'task_outside', delegator: ORCHESTRATOR }),
  await master('AgentService/ListAgents', {}),
];

const asQa = { agent_id: QA };
const asBackend = { 'x-agent-id': BACKEND };
test.each<[string, () => object]>([
  ['MessageService/SendMessage', () => ({ message: notification({}) })],
  ['MessageService/ReceiveMessages', () => asQa],
  ['MessageService/AcknowledgeMessages', () => ({ ...asQa, delivery_ids: [delivery] })],
  ['MessageService/RejectMessages', () => ({ ...asQa, delivery_ids: [delivery], drop: true })],
  ['MessageService/ExtendLeases', () => ({ ...asQa, delivery_ids: [delivery] })],
  ['MessageService/GetMessageStatus', () => ({ sender: ORCHESTRATOR, message_id: 'theirs' })],
  ['AgentService/RegisterAgent', () => ({ agent: asQa })],
  ['AgentService/UnregisterAgent', () => asQa],
  ['AgentService/Heartbeat', () => asQa],
  ['SessionService/CreateSession', () => ({ orchestrator: ORCHESTRATOR })],
])('%s as somebody else is refused', async (method, body) => {
  const before = await everything();
  expect(await narrow(method, body())).toMatchObject({ status: 403, reason: 'AGENT_NOT_ALLOWED' });
  expect(await everything()).toEqual(before);
});

test.each<[string, object]>([
  ['GetSession', {}],
  ['ListSessionEvents', {}],
  ['AddParticipant', { participant: { agent_id: BACKEND, role: 'implementer' } }],
  ['RemoveParticipant', { agent_id: QA }],
  ['UpdateWorkflow', { current_step: '' }],
  ['UpdateSharedContext', { merge_patch: { a: 1 } }],
  ['CompleteSession', { summary: 'done' }],
  ['TerminateSession', { reason: 'bored' }],
  ['GetTask', { task_id: 'task_theirs' }],
  ['ListTasks', {}],
  ['CancelTask', { task_id: 'task_theirs' }],
  ['AggregateResults', { method: 'AGGREGATION_METHOD_MANUAL' }],
])('%s of a session of others says what it says of a session that is none', async (method, body) => {
  const before = await everything();
  const theirs = await narrow(`SessionService/${method}`, { session_id: 'sess_theirs', ...body });
  const none = await narrow(`SessionService/${method}`, { session_id: 'sess_absent', ...body });
  expect(theirs).toMatchObject({ status: 404, reason: 'SESSION_NOT_FOUND' });
  expect(JSON.stringify([theirs.body.message, theirs.facts]).replaceAll('sess_theirs', 'sess_absent')).toBe(
    JSON.stringify([none.body.message, none.facts]),
  );
  expect(await everything()).toEqual(before);
});

test.each<[string, object]>([
  ['AddParticipant', { participant: { agent_id: QA, role: 'reviewer' } }],
  ['UpdateWorkflow', { current_step: '' }],
  ['CompleteSession', { summary: 'done' }],
  ['TerminateSession', { reason: 'bored' }],
])('%s is for the orchestrator, not for every participant', async (method, body) => {
  const answer = await narrow(`SessionService/${method}`, { session_id: 'sess_ours', ...body });
  expect(answer).toMatchObject({ status: 403, reason: 'NOT_ORCHESTRATOR' });
});

test('lists show sessions of its own agents alone', async () => {
  const { body } = await narrow('SessionService/ListSessions', {});
  expect(body.sessions.map(({ session_id }: { session_id: string }) => session_id)).toEqual(['sess_ours']);
  const filtered = await narrow('SessionService/ListSessions', { participant: QA });
  expect(filtered.body.sessions).toEqual([]);
});

test('a message cannot be put into a session of others', async () => {
  const message = notification({ sender: { agent_id: BACKEND, session_id: 'sess_theirs' } });
  const answer = await narrow('MessageService/SendMessage', { message });
  expect(answer).toMatchObject({ status: 404, reason: 'SESSION_NOT_FOUND' });
});

test.each(['GetTask', 'CancelTask'])('%s of a task between others, outside of sessions, finds none', async (method) => {
  const before = await everything();
  for (const delegator of [ORCHESTRATOR, QA, '']) {
    const answer = await narrow(`SessionService/${method}`, { task_id: 'task_outside', delegator }, asBackend);
    expect(answer).toMatchObject({ status: 404, reason: 'TASK_NOT_FOUND', facts: { task_id: 'task_outside' } });
    expect(answer.body.message).toBe('there is no task task_outside');
  }
  expect(await everything()).toEqual(before);
});

test('a task in a session can be called off by its delegator and the orchestrator, not by every participant', async () => {
  const inOurs = { sender: { agent_id: ORCHESTRATOR, session_id: 'sess_ours' }, recipient: { agent_id: BACKEND } };
  await master('MessageService/SendMessage', { message: task({ message_id: 'task_ours', ...inOurs }) });
  const named = { session_id: 'sess_ours', task_id: 'task_ours' };
  expect((await narrow('SessionService/GetTask', named)).body.task).toMatchObject({ assignee: BACKEND });
  expect(await narrow('SessionService/CancelTask', named)).toMatchObject({
    status: 403,
    reason: 'NOT_DELEGATOR',
    facts: { task_id: 'task_ours', delegator: ORCHESTRATOR },
  });
});

test("a delivery of another mailbox is nothing that one's own mailbox holds", async () => {
  const before = await everything();
  for (const method of ['AcknowledgeMessages', 'RejectMessages', 'ExtendLeases']) {
    const answer = await narrow(`MessageService/${method}`, { agent_id: BACKEND, delivery_ids: [delivery] });
    expect([method, answer.status, answer.body.stale_delivery_ids]).toEqual([method, 200, [delivery]]);
  }
  expect(await everything()).toEqual(before);
});

test('the header x-agent-id gives no right that the key has not', async () => {
  const answer = await narrow('SessionService/GetSession', { session_id: 'sess_theirs' }, { 'x-agent-id': QA });
  expect(answer).toMatchObject({ status: 403, reason: 'AGENT_NOT_ALLOWED', facts: { agent_id: QA } });
});
