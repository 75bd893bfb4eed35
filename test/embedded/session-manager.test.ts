import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CommunicationBus } from '../../src/embedded/communication-bus.ts';
import { BACKEND, ORCHESTRATOR, QA } from '../open-bus.ts';

// Goal: the synchronous façade decides at once, tells the truth afterwards, and refuses what the contract refuses.
// Method: a real embedded bus, in memory.
let bus: CommunicationBus;
beforeEach(async () => {
  bus = new CommunicationBus({ port: 0, apiKey: 'dev-key' });
  await bus.start();
});
afterEach(() => bus.stop());

// biome-ignore lint/complexity/useLiteralKeys: only this way in is open.
const manager = () => bus['sessionManager'];
const begin = () =>
  manager().createSession(
    ORCHESTRATOR,
    [{ agent_id: BACKEND, role: 'implementer' }],
    [
      { name: 'design', required_agents: [ORCHESTRATOR] },
      { name: 'build', required_agents: [BACKEND] },
    ],
  );
const refusal = (reason: string, facts: object = {}) =>
  expect.objectContaining({ reason, facts: expect.objectContaining(facts) });

describe('the session manager', () => {
  test('shows a change in the same turn, and emits it once it is on disk', async () => {
    const emitted: [string, number][] = [];
    for (const type of ['session_created', 'shared_context_updated', 'session_completed'] as const) {
      manager().on(type, (event) => emitted.push([event.type, event.sequence]));
    }
    const sessionId = begin();
    expect(manager().getSession(sessionId)).toMatchObject({
      state: 'active',
      participants: [{ status: 'active' }],
      shared_context: {},
    });
    manager().updateSharedContext(sessionId, { branch: 'main' });
    expect(manager().getSession(sessionId)).toMatchObject({ shared_context: { branch: 'main' }, context_revision: 2 });
    expect(manager().completeSession(sessionId, { summary: 'done' })).toBe(true);
    expect(emitted).toEqual([]);
    await bus.flush();
    expect(emitted).toEqual([
      ['session_created', 1],
      ['shared_context_updated', 2],
      ['session_completed', 3],
    ]);
    expect(await bus.sessions.get(sessionId)).toEqual(manager().getSession(sessionId));
  });

  test('keeps what it was told, whatever the program does with its own objects later', async () => {
    const sessionId = begin();
    const context = { notes: ['first'] };
    const view = manager().updateSharedContext(sessionId, context);
    context.notes.push('after the call');
    (view.shared_context.notes as string[]).push('into the view');
    (manager().updateSharedContext(sessionId, { notes: ['first'] }).shared_context.notes as string[]).push(
      'into another view',
    );
    expect(manager().getSession(sessionId)?.shared_context).toEqual({ notes: ['first'] });
    expect((await bus.sessions.get(sessionId)).shared_context).toEqual({ notes: ['first'] });
  });

  test.each([
    ['a value that is none', { note: undefined }],
    ['a number that is none', { share: 0 / 0 }],
    ['a function', { call: () => undefined }],
  ])('refuses %s in a context, and holds no session that never began', async (_, context) => {
    const participants = [{ agent_id: BACKEND, role: 'implementer' }];
    expect(() => manager().createSession(ORCHESTRATOR, participants, [], context as never)).toThrow(
      refusal('FIELD_INVALID', { field: 'shared_context', rule: 'json.value' }),
    );
    const held: string[] = [];
    for await (const { session_id } of bus.sessions.list()) held.push(session_id);
    expect(held).toEqual([]);
  });

  test('follows the roster and the workflow', () => {
    const sessionId = begin();
    manager().addParticipant(sessionId, { agent_id: QA, framework: 'claude-code', role: 'reviewer' });
    const session = manager().removeParticipant(sessionId, BACKEND);
    expect(session.participants.map(({ agent_id, status }) => [agent_id, status])).toEqual([
      [BACKEND, 'removed'],
      [QA, 'active'],
    ]);
    const moved = manager().updateWorkflow(sessionId, { current_step: 'build', completed_steps: ['design'] });
    expect(moved.workflow).toMatchObject({
      current_step: 'build',
      completed_steps: ['design'],
      pending_steps: [],
      mode: 'automatic',
    });
  });

  test.each([
    [
      'a bad agent id',
      () => manager().createSession('orchestrator', []),
      refusal('FIELD_INVALID', { field: 'orchestrator' }),
    ],
    [
      'a framework that is not the id’s',
      () => manager().addParticipant(begin(), { agent_id: QA, framework: 'codex', role: 'r' }),
      refusal('FIELD_INVALID'),
    ],
    ['an unknown session', () => manager().updateSharedContext('sess_none', {}), refusal('SESSION_NOT_FOUND')],
    [
      'an unknown step',
      () => manager().updateWorkflow(begin(), { current_step: 'deploy' }),
      refusal('WORKFLOW_INVALID'),
    ],
    [
      'a key of the prototype',
      () => manager().updateSharedContext(begin(), JSON.parse('{"__proto__":1}')),
      refusal('FORBIDDEN_KEY'),
    ],
  ])('refuses %s', (_, act, error) => {
    expect(act).toThrow(error);
  });

  test('an ended session takes no change, and a second ending is none', () => {
    const sessionId = begin();
    expect(manager().terminateSession(sessionId, { reason: 'timeout', details: 'agent offline' })).toBe(true);
    expect(manager().completeSession(sessionId, { summary: 'late' })).toBe(false);
    expect(manager().getSession(sessionId)).toMatchObject({ state: 'terminated', termination: { reason: 'timeout' } });
    expect(() => manager().updateSharedContext(sessionId, {})).toThrow(refusal('SESSION_ENDED'));
  });
});

describe('the awaited sessions', () => {
  test('do the same, list and follow', async () => {
    const { session_id } = await bus.sessions.create({
      orchestrator: ORCHESTRATOR,
      participants: [{ agent_id: BACKEND, role: 'implementer' }],
      labels: { team: 'a' },
      session_id: 'sess_awaited',
    });
    const seen: string[] = [];
    const following = (async () => {
      for await (const { type, sequence } of bus.sessions.events(session_id)) seen.push(`${sequence} ${type}`);
    })();
    await bus.sessions.updateSharedContext(session_id, { merge: { a: 1 }, expectedRevision: 1 });
    await expect(bus.sessions.updateSharedContext(session_id, { replace: {}, expectedRevision: 1 })).rejects.toEqual(
      refusal('CONTEXT_REVISION_MISMATCH'),
    );
    await bus.sessions.complete(session_id, { summary: 'done', artifacts: ['s3://a'] });
    await following;
    expect(seen).toEqual(['1 session_created', '2 shared_context_updated', '3 session_completed']);
    const listed = [];
    for await (const session of bus.sessions.list({ state: 'completed', labels: { team: 'a' } }))
      listed.push(session.session_id);
    expect(listed).toEqual([session_id]);
  });
});
