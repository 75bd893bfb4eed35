import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { ParticipantStatus } from '../../../gen/ts/agentbus/v1/participant_pb.js';
import { type SessionEvent, SessionEventType } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import {
  AddParticipantRequestSchema,
  CompleteSessionRequestSchema,
  RemoveParticipantRequestSchema,
  UpdateSharedContextRequestSchema,
  UpdateWorkflowRequestSchema,
} from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import type { Caller } from '../../../src/bus/caller.ts';
import { SESSION_LIMITS } from '../../../src/limits.ts';
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
  QA,
} from '../../open-bus.ts';

const never = new AbortController().signal;
const orchestrator = callerFor(ORCHESTRATOR);
const backend = callerFor(BACKEND);
const stranger = callerFor('codex://stranger');

let open: OpenBus;
beforeEach(async () => {
  open = await openBus();
});
afterEach(() => open.bus.close());

const begin = (fields = {}) =>
  open.bus.sessions.create(orchestrator, notificationsSession({ sessionId: 'sess_a', ...fields }));
const complete = () =>
  open.bus.sessions.complete(
    orchestrator,
    create(CompleteSessionRequestSchema, { sessionId: 'sess_a', summary: 'done', artifacts: ['s3://a'] }),
  );
const context = (fields: object) => create(UpdateSharedContextRequestSchema, { sessionId: 'sess_a', ...fields });
const refusal = (reason: string, facts: object = {}) =>
  expect.objectContaining({ reason, facts: expect.objectContaining(facts) });

async function eventsOf(caller: Caller, afterSequence = 0, types: SessionEventType[] = []): Promise<SessionEvent[]> {
  const query = { sessionId: 'sess_a', afterSequence, types, limit: 1_000, waitMs: 0, signal: never };
  return (await open.bus.sessions.events(caller, query)).events;
}

// Goal: a session is the fold of its events, for its members alone. Method: the real engine in memory, time by hand.
describe('a session', () => {
  test('begins with its participants active and revision 1', async () => {
    const session = await begin();
    expect(session).toMatchObject({ state: SessionState.ACTIVE, contextRevision: 1n, lastSequence: 1n });
    expect(session.participants.map(({ status }) => status)).toEqual(Array(3).fill(ParticipantStatus.ACTIVE));
    expect(session.participants[0]).toMatchObject({ agentId: BACKEND, framework: 'opencode', role: 'implementer' });
    expect(session.workflow).toMatchObject({ currentStep: 'design', pendingSteps: ['implementation', 'review'] });
  });

  test('gets an id when it is given none', async () => {
    const [one, two] = await Promise.all([begin({ sessionId: '' }), begin({ sessionId: '' })]);
    expect(one?.sessionId).toMatch(/^sess_[\w-]{22}$/);
    expect(two?.sessionId).not.toBe(one?.sessionId);
  });

  test('is created once, however many try at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => begin()));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toEqual(refusal('SESSION_ALREADY_EXISTS'));
    }
    expect(await eventsOf(orchestrator)).toHaveLength(1);
  });

  test('numbers its events without gaps, whoever changes it at once', async () => {
    await begin();
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        open.bus.sessions.updateSharedContext(
          index % 2 ? backend : orchestrator,
          context({ change: { case: 'mergePatch', value: { [`k${index}`]: index } } }),
        ),
      ),
    );
    const events = await eventsOf(orchestrator);
    expect(events.map(({ sequence }) => Number(sequence))).toEqual(Array.from({ length: 51 }, (_, index) => index + 1));
    const session = await open.bus.sessions.get(orchestrator, 'sess_a');
    expect(Object.keys(session.sharedContext ?? {})).toHaveLength(51);
    expect(session.contextRevision).toBe(51n);
  });

  test('moves its workflow as the orchestrator says', async () => {
    await begin();
    const position = { currentStep: 'implementation', completedSteps: ['design'], pendingSteps: ['review'] };
    const session = await open.bus.sessions.updateWorkflow(
      orchestrator,
      create(UpdateWorkflowRequestSchema, { sessionId: 'sess_a', ...position }),
    );
    expect(session.workflow).toMatchObject(position);
  });

  test('takes back an agent that was removed', async () => {
    await begin();
    const { sessions } = open.bus;
    await sessions.removeParticipant(
      orchestrator,
      create(RemoveParticipantRequestSchema, { sessionId: 'sess_a', agentId: BACKEND }),
    );
    await expect(sessions.get(backend, 'sess_a')).rejects.toEqual(refusal('SESSION_NOT_FOUND'));
    const again = create(AddParticipantRequestSchema, {
      sessionId: 'sess_a',
      participant: { agentId: BACKEND, role: 'reviewer' },
    });
    await sessions.addParticipant(orchestrator, again);
    expect((await sessions.get(backend, 'sess_a')).participants.map(({ agentId }) => agentId)).toContain(BACKEND);
    await expect(sessions.addParticipant(orchestrator, again)).rejects.toEqual(refusal('PARTICIPANT_ALREADY_EXISTS'));
  });
});

describe('the shared context', () => {
  test('refuses a stale revision and names the current one, changing nothing', async () => {
    await begin();
    const { sessions } = open.bus;
    await sessions.updateSharedContext(
      backend,
      context({ change: { case: 'sharedContext', value: { a: 1 } }, expectedRevision: 1n }),
    );
    await expect(
      sessions.updateSharedContext(
        orchestrator,
        context({ change: { case: 'sharedContext', value: { a: 2 } }, expectedRevision: 1n }),
      ),
    ).rejects.toEqual(refusal('CONTEXT_REVISION_MISMATCH', { expected: 1n, actual: 2n }));
    expect((await sessions.get(backend, 'sess_a')).sharedContext).toEqual({ a: 1 });
  });

  test.each(['mergePatch', 'sharedContext'])('refuses __proto__ in a %s', async (how) => {
    await begin();
    const value = JSON.parse('{"a":{"__proto__":{"admin":true}}}');
    await expect(
      open.bus.sessions.updateSharedContext(backend, context({ change: { case: how, value } })),
    ).rejects.toEqual(refusal('FORBIDDEN_KEY', { key: '__proto__' }));
    expect(await eventsOf(backend)).toHaveLength(1);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test('is bounded, also when patches add up', async () => {
    await begin({ sharedContext: { a: 'x'.repeat(700_000) } });
    const patch = context({ change: { case: 'mergePatch', value: { b: 'x'.repeat(700_000) } } });
    await expect(open.bus.sessions.updateSharedContext(backend, patch)).rejects.toEqual(
      refusal('SHARED_CONTEXT_TOO_LARGE', { limit: 1_048_576 }),
    );
  });
});

describe('who may do what', () => {
  test('strangers are told the same of a session that exists and of one that does not', async () => {
    await begin();
    const { sessions } = open.bus;
    const there = await sessions.get(stranger, 'sess_a').catch((error: Error) => error.message);
    const absent = await sessions.get(stranger, 'sess_b').catch((error: Error) => error.message);
    expect(there).toBe('there is no session sess_a');
    expect(absent).toBe('there is no session sess_b');
    expect((await sessions.list(stranger, { state: 0, participant: '', labels: {}, limit: 10 })).sessions).toEqual([]);
  });

  test('a session is opened by its orchestrator alone', async () => {
    await expect(open.bus.sessions.create(backend, notificationsSession())).rejects.toEqual(
      refusal('AGENT_NOT_ALLOWED', { agent_id: ORCHESTRATOR }),
    );
  });

  test('participants change the context, the orchestrator all else; everybody may leave', async () => {
    await begin();
    const { sessions } = open.bus;
    await expect(
      sessions.complete(backend, create(CompleteSessionRequestSchema, { sessionId: 'sess_a' })),
    ).rejects.toEqual(refusal('NOT_ORCHESTRATOR', { orchestrator: ORCHESTRATOR }));
    await expect(
      sessions.removeParticipant(backend, create(RemoveParticipantRequestSchema, { sessionId: 'sess_a', agentId: QA })),
    ).rejects.toEqual(refusal('NOT_ORCHESTRATOR'));
    await sessions.removeParticipant(
      backend,
      create(RemoveParticipantRequestSchema, { sessionId: 'sess_a', agentId: BACKEND }),
    );
  });

  test('a caller that names its agent acts for that agent alone', async () => {
    await begin();
    const asStranger: Caller = { ...anybody, agentId: 'codex://stranger' };
    await expect(open.bus.sessions.get(asStranger, 'sess_a')).rejects.toEqual(refusal('SESSION_NOT_FOUND'));
  });
});

describe('after a restart', () => {
  test('a long session is as it was: state, tasks, revision, numbers', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'agentbus-sessions-'));
    let { bus, clock } = await openBus({ dataDir });
    await bus.sessions.create(orchestrator, notificationsSession({ sessionId: 'sess_a' }));
    const task = (agentId: string) =>
      message({ messageId: 'task_1', sender: { agentId, sessionId: 'sess_a' }, messageType: MessageType.TASK_REQUEST });
    await bus.messages.send(anybody, task(ORCHESTRATOR));
    // Past two snapshots and some events more.
    await Promise.all(
      Array.from({ length: 600 }, (_, index) =>
        bus.sessions.updateSharedContext(backend, context({ change: { case: 'mergePatch', value: { index } } })),
      ),
    );
    const before = await bus.sessions.get(orchestrator, 'sess_a');
    await bus.close();
    ({ bus, clock } = await openBus({ dataDir, clock }));
    expect(await bus.sessions.get(orchestrator, 'sess_a')).toEqual(before);
    await expect(bus.messages.send(anybody, task(FRONTEND))).rejects.toEqual(
      refusal('TASK_ID_TAKEN', { task_id: 'task_1' }),
    );
    const query = { sessionId: 'sess_a', afterSequence: 0, types: [], limit: 1_000, waitMs: 0, signal: never };
    const { events } = await bus.sessions.events(orchestrator, query);
    expect(events.map(({ sequence }) => Number(sequence))).toEqual(
      Array.from({ length: 602 }, (_, index) => index + 1),
    );
    await bus.close();
    await rm(dataDir, { recursive: true });
  });

  test('an idle session that was due while the bus was down ends at the start', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'agentbus-sessions-'));
    const first = await openBus({ dataDir });
    const idleTimeout = durationFromMs(60_000);
    await first.bus.sessions.create(orchestrator, notificationsSession({ sessionId: 'sess_a', idleTimeout }));
    await first.bus.close();
    first.clock.advance(61_000);
    const second = await openBus({ dataDir, clock: first.clock });
    await second.bus.flush();
    expect((await second.bus.sessions.get(orchestrator, 'sess_a')).termination?.reason).toBe('idle_timeout');
    await second.bus.close();
    await rm(dataDir, { recursive: true });
  });
});

describe('the end of a session', () => {
  test('is final: it stays readable and refuses every change', async () => {
    await begin();
    await complete();
    const { sessions } = open.bus;
    expect(await sessions.get(backend, 'sess_a')).toMatchObject({
      state: SessionState.COMPLETED,
      completion: { summary: 'done', artifacts: ['s3://a'] },
    });
    const ended = refusal('SESSION_ENDED', { state: 'COMPLETED' });
    await expect(complete()).rejects.toEqual(ended);
    await expect(
      sessions.updateSharedContext(backend, context({ change: { case: 'mergePatch', value: {} } })),
    ).rejects.toEqual(ended);
    await expect(
      open.bus.messages.send(anybody, message({ sender: { agentId: ORCHESTRATOR, sessionId: 'sess_a' } })),
    ).rejects.toEqual(ended);
    expect(await eventsOf(backend)).toHaveLength(2);
  });

  test('comes by itself after the idle timeout, counted from the last event', async () => {
    await begin({ idleTimeout: durationFromMs(60_000) });
    open.clock.advance(50_000);
    await open.bus.sessions.updateSharedContext(backend, context({ change: { case: 'mergePatch', value: { a: 1 } } }));
    open.clock.advance(50_000);
    expect((await open.bus.sessions.get(backend, 'sess_a')).state).toBe(SessionState.ACTIVE);
    open.clock.advance(10_000);
    await open.bus.flush();
    expect(await open.bus.sessions.get(backend, 'sess_a')).toMatchObject({
      state: SessionState.TERMINATED,
      termination: { reason: 'idle_timeout' },
    });
    expect((await eventsOf(backend)).at(-1)?.actor).toBe('bus');
  });
});

describe('watching', () => {
  test('replays after any sequence, follows, and ends with the session', async () => {
    await begin();
    const seen: number[] = [];
    const watching = (async () => {
      const query = { sessionId: 'sess_a', afterSequence: 1, types: [], signal: never };
      for await (const batch of open.bus.sessions.watch(backend, query))
        seen.push(...batch.map(({ sequence }) => Number(sequence)));
    })();
    for (let index = 0; index < 300; index++) {
      await open.bus.sessions.updateSharedContext(
        backend,
        context({ change: { case: 'mergePatch', value: { index } } }),
      );
    }
    await complete();
    await watching;
    expect(seen).toEqual(Array.from({ length: 301 }, (_, index) => index + 2));
  });

  test('filters by type without losing its place', async () => {
    await begin();
    await open.bus.sessions.updateSharedContext(backend, context({ change: { case: 'mergePatch', value: { a: 1 } } }));
    await complete();
    const types = [SessionEventType.SESSION_CREATED, SessionEventType.SESSION_COMPLETED];
    expect((await eventsOf(backend, 0, types)).map(({ sequence }) => Number(sequence))).toEqual([1, 3]);
  });

  test('refuses a cursor beyond the end', async () => {
    await begin();
    await expect(eventsOf(backend, 2)).rejects.toEqual(
      refusal('SEQUENCE_OUT_OF_RANGE', { after_sequence: 2, last_sequence: 1n }),
    );
  });

  test('a watcher that is removed sees no more', async () => {
    await begin();
    const query = { sessionId: 'sess_a', afterSequence: 1, types: [], signal: never };
    const next = open.bus.sessions.watch(backend, query)[Symbol.asyncIterator]().next();
    await open.bus.sessions.removeParticipant(
      orchestrator,
      create(RemoveParticipantRequestSchema, { sessionId: 'sess_a', agentId: BACKEND }),
    );
    await expect(next).rejects.toEqual(refusal('SESSION_NOT_FOUND'));
  });

  test('a long poll waits for the first event, and no longer than asked', async () => {
    await begin();
    const query = { sessionId: 'sess_a', afterSequence: 1, types: [], limit: 10, waitMs: 5_000, signal: never };
    const first = open.bus.sessions.events(backend, query);
    await open.bus.sessions.updateSharedContext(backend, context({ change: { case: 'mergePatch', value: { a: 1 } } }));
    expect((await first).events).toHaveLength(1);
    const second = open.bus.sessions.events(backend, { ...query, afterSequence: 2 });
    await open.bus.flush();
    open.clock.advance(5_000);
    expect((await second).events).toEqual([]);
  });
});

describe('size', () => {
  const steps = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      name: `${index}`.padEnd(128, 'x'),
      requiredAgents: Array.from({ length: 64 }, () => ORCHESTRATOR),
    }));

  test('a session that its readers could not receive is refused, and one below the bound is not', async () => {
    await expect(begin({ sessionId: 'sess_large', workflow: { steps: steps(256) } })).rejects.toEqual(
      refusal('MESSAGE_TOO_LARGE', { limit: SESSION_LIMITS.maxOutlineBytes }),
    );
    expect(open.bus.sessionsNow.get('sess_large')).toBeUndefined();
    expect((await begin({ workflow: { steps: steps(200) } })).workflow?.steps).toHaveLength(200);
  });
});

describe('lists', () => {
  test('page newest first, filter, and leave the context out', async () => {
    for (let index = 0; index < 5; index++) {
      await begin({ sessionId: `sess_${index}`, labels: { team: index % 2 ? 'odd' : 'even' } });
    }
    const list = async (query: object) => {
      const page = await open.bus.sessions.list(orchestrator, {
        state: 0,
        participant: '',
        labels: {},
        limit: 2,
        ...query,
      });
      return { ids: page.sessions.map(({ sessionId }) => sessionId), next: page.next, first: page.sessions[0] };
    };
    const one = await list({});
    expect(one.ids).toEqual(['sess_4', 'sess_3']);
    expect(one.first?.sharedContext).toBeUndefined();
    const two = await list({ after: one.next });
    const three = await list({ after: two.next });
    expect([...two.ids, ...three.ids]).toEqual(['sess_2', 'sess_1', 'sess_0']);
    expect(three.next).toBeUndefined();
    expect((await list({ labels: { team: 'odd' } })).ids).toEqual(['sess_3', 'sess_1']);
    expect((await list({ participant: QA, limit: 9 })).ids).toHaveLength(5);
    expect((await list({ state: SessionState.COMPLETED })).ids).toEqual([]);
  });

  test('a page of large sessions ends before it outgrows a gRPC message, and the next goes on from there', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `sess_${index}`);
    for (const sessionId of ids) {
      await begin({ sessionId });
      const large = { sessionId, summary: 's'.repeat(64 * 1024) };
      await open.bus.sessions.complete(orchestrator, create(CompleteSessionRequestSchema, large));
    }
    const query = { state: 0, participant: '', labels: {}, limit: 500 };
    const pages: string[][] = [];
    for (let after: string | undefined; ; ) {
      const page = await open.bus.sessions.list(orchestrator, after === undefined ? query : { ...query, after });
      pages.push(page.sessions.map(({ sessionId }) => sessionId));
      after = page.next;
      if (after === undefined) break;
    }
    expect(pages.map(({ length }) => length)).toEqual([32, 8]);
    expect(pages.flat()).toEqual(ids.toReversed());
  });
});
