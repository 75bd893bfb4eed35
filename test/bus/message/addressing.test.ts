/**
 * Goal: a message reaches exactly those that its sender describes, all of them or none.
 * Method: the real bus on the real engine, time by hand.
 */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { leastLoaded } from '../../../src/bus/message/least-loaded.ts';
import { anybody, BACKEND, FRONTEND, message, ORCHESTRATOR, QA } from '../../open-bus.ts';
import { openTaskRig, SESSION, type TaskRig } from '../task/task-rig.ts';

let rig: TaskRig;
beforeEach(async () => {
  rig = await openTaskRig({ limits: { maxMailboxMessages: 3 } });
});
afterEach(() => rig.bus.close());

const refusal = (reason: string, facts: object = {}) =>
  expect.objectContaining({ reason, facts: expect.objectContaining(facts) });
const tell = (target: object, from = ORCHESTRATOR) =>
  rig.bus.messages.send(
    anybody,
    message({ sender: { agentId: from, sessionId: SESSION }, recipient: { target } as never }),
  );
const depths = () =>
  [BACKEND, FRONTEND, QA, ORCHESTRATOR].map((agentId) => rig.engine.mailboxes.depth(agentId).messages);

describe('a role', () => {
  test('is everybody who has it, but the sender', async () => {
    expect(await tell({ case: 'role', value: 'implementer' })).toMatchObject({ recipients: [BACKEND, FRONTEND] });
    expect(await tell({ case: 'role', value: 'implementer' }, BACKEND)).toMatchObject({ recipients: [FRONTEND] });
    expect(depths()).toEqual([1, 2, 0, 0]);
    await expect(tell({ case: 'role', value: 'reviewer' }, QA)).rejects.toEqual(
      refusal('RECIPIENT_NOT_FOUND', { role: 'reviewer' }),
    );
  });

  test('makes of one request a task for each, which are answered one by one', async () => {
    await rig.delegate('t', { to: { role: 'implementer' } });
    expect(await rig.task('t#1')).toMatchObject({ assignee: BACKEND, messageId: 't' });
    expect(await rig.task('t#2')).toMatchObject({ assignee: FRONTEND, messageId: 't' });
    await rig.respond(FRONTEND, 't', { who: 'frontend' });
    expect((await rig.task('t#1')).status).toBe(TaskStatus.QUEUED);
    expect((await rig.task('t#2')).result?.content.value).toEqual({ who: 'frontend' });
    await rig.respond(BACKEND, 't#1');
    expect((await rig.task('t#1')).status).toBe(TaskStatus.COMPLETED);
    await rig.delegate('u', { to: { role: 'reviewer' } });
    expect((await rig.task('u')).assignee).toBe(QA);
  });
});

describe('all participants', () => {
  test('are all members of the roster but the sender; all accept or none', async () => {
    expect(await tell({ case: 'allParticipants', value: true }, QA)).toMatchObject({ recipients: [BACKEND, FRONTEND] });
    await tell({ case: 'agentId', value: FRONTEND });
    await tell({ case: 'agentId', value: FRONTEND });
    const before = await rig.story();
    await expect(tell({ case: 'allParticipants', value: true })).rejects.toEqual(
      refusal('MAILBOX_FULL', { agent_id: FRONTEND, bound: 'messages' }),
    );
    expect(depths()).toEqual([1, 3, 0, 0]);
    expect(await rig.story()).toEqual(before);
  });

  test('a repeat of a broadcast is one broadcast, and says to whom it went', async () => {
    const broadcast = message({
      sender: { agentId: ORCHESTRATOR, sessionId: SESSION },
      recipient: { target: { case: 'allParticipants', value: true } },
    });
    const first = await rig.bus.messages.send(anybody, broadcast);
    expect(await rig.bus.messages.send(anybody, broadcast)).toEqual({ ...first, duplicate: true });
    expect(depths()).toEqual([1, 1, 1, 0]);
    const { messageId } = first;
    expect(await rig.bus.messages.status(anybody, { sender: ORCHESTRATOR, messageId })).toHaveLength(3);
  });

  test('a repeat of a request says whom it asked, whoever else was asked since, in whatever moment', async () => {
    const fields = { to: { role: 'implementer' }, routing: { fallbackAgents: [QA] } };
    const first = await rig.delegate('t', fields);
    await rig.bus.sessions.removeParticipant(anybody, { sessionId: SESSION, agentId: BACKEND } as never);
    await rig.event('TASK_ATTEMPT_FAILED');
    expect(first.recipients).toEqual([BACKEND, FRONTEND]);
    expect(await rig.delegate('t', fields)).toEqual({ ...first, duplicate: true });
  });

  test('too much at once is refused', async () => {
    const value = new Uint8Array(4_000_000);
    await rig.bus.close();
    const participants = Array.from({ length: 20 }, (_, index) => ({ agentId: `codex://a${index}`, role: 'r' }));
    rig = await openTaskRig({ session: { participants } });
    const large = message({
      sender: { agentId: ORCHESTRATOR, sessionId: SESSION },
      recipient: { target: { case: 'allParticipants', value: true } },
      content: { case: 'data', value },
      contentType: 'application/octet-stream',
    });
    await expect(rig.bus.messages.send(anybody, large)).rejects.toEqual(
      refusal('MESSAGE_TOO_LARGE', { limit: 67_108_864 }),
    );
  });
});

describe('a capability', () => {
  test('is the least loaded live agent that has it: in a session a member, outside anybody', async () => {
    await rig.connect(BACKEND, ['build']);
    await rig.connect(FRONTEND, ['build']);
    await rig.connect('codex://stranger', ['build']);
    const chosen: (string | undefined)[] = [];
    for (let index = 0; index < 4; index++) {
      chosen.push((await tell({ case: 'capability', value: 'build' })).recipients[0]);
    }
    expect(chosen).toEqual([FRONTEND, BACKEND, FRONTEND, BACKEND]);
    const outside = message({ recipient: { target: { case: 'capability', value: 'build' } } });
    expect(await rig.bus.messages.send(anybody, outside)).toMatchObject({ recipients: ['codex://stranger'] });
  });

  test('of an agent that is not there is nobody', async () => {
    (await rig.connect(BACKEND, ['build'])).close();
    await expect(tell({ case: 'capability', value: 'build' })).rejects.toEqual(
      refusal('RECIPIENT_NOT_FOUND', { capability: 'build' }),
    );
  });

  test('the choice: who keeps up, then who has least to do, then who says so, then by name', () => {
    const agent = (agentId: string, fields: object = {}) => ({
      agentId,
      slow: false,
      instances: 1,
      unsettled: 4,
      load: 0.5,
      ...fields,
    });
    const best = (...agents: ReturnType<typeof agent>[]) => leastLoaded(agents)?.agentId;
    expect(best(agent('a', { slow: true, unsettled: 0 }), agent('b'))).toBe('b');
    expect(best(agent('a'), agent('b', { unsettled: 6, instances: 2 }))).toBe('b');
    expect(best(agent('a'), agent('b', { load: 0.1 }))).toBe('b');
    expect(best(agent('b'), agent('a'))).toBe('a');
    expect(best()).toBeUndefined();
  });
});

test('a task of a session goes to members alone, its fallbacks too', async () => {
  await rig.connect('codex://stranger');
  const stranger = refusal('RECIPIENT_NOT_FOUND', { agent_id: 'codex://stranger' });
  await expect(rig.delegate('t', { to: 'codex://stranger' })).rejects.toEqual(stranger);
  await expect(rig.delegate('t', { routing: { fallbackAgents: ['codex://stranger'] } })).rejects.toEqual(stranger);
  expect(await tell({ case: 'agentId', value: 'codex://stranger' })).toMatchObject({
    recipients: ['codex://stranger'],
  });
});

test('nobody speaks as the bus', async () => {
  const forged = message({ sender: { agentId: 'agentbus://bus' } });
  await expect(rig.bus.messages.send(anybody, forged)).rejects.toEqual(refusal('AGENT_NOT_ALLOWED'));
});
