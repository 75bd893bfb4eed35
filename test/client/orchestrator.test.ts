/**
 * Goal: an orchestrator opens, leads and follows sessions, and neither a broken connection nor a killed bus makes it lose
 * or repeat anything. Method: the real client against a real bus in a process of its own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AgentbusError,
  connectOrchestrator,
  type Orchestrator,
  ParticipantStatus,
  SessionEventType,
  SessionState,
  StepStatus,
} from '../../src/client/index.ts';
import { createFaultyNetwork } from '../faulty-network.ts';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

const ORCHESTRATOR = 'claude-code://orchestrator';
const BACKEND = 'opencode://backend';
const participants = [{ agentId: BACKEND, role: 'implementer' }];

let dataDir: string;
let bus: BusProcess;
let orchestrator: Orchestrator;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'agentbus-client-'));
  bus = await startBusProcess({ dataDir });
  orchestrator = connectOrchestrator({ address: bus.address, apiKey: bus.apiKey, agentId: ORCHESTRATOR });
});
afterAll(async () => {
  orchestrator.close();
  await bus.stop();
  await rm(dataDir, { recursive: true });
});

/** Restarts the bus on the same port and data, as a supervisor does after a crash. */
async function killAndRestart(): Promise<void> {
  const port = Number(new URL(bus.address).port);
  await bus.kill();
  bus = await startBusProcess({ dataDir, port });
}

describe('a session', () => {
  test('comes back as a plain object with dates, numbers and milliseconds', async () => {
    const before = Date.now();
    const session = await orchestrator.createSession({
      participants,
      steps: [{ name: 'implementation', requiredAgents: [BACKEND] }],
      sharedContext: { project: 'feature/notifications', nested: { list: [1, null] } },
      labels: { team: 'blue' },
      idleTimeoutMs: 90_500,
    });
    const { createdAt, ...view } = await session.get();
    expect(createdAt).toBeInstanceOf(Date);
    expect(createdAt!.getTime()).toBeGreaterThanOrEqual(before - 1_000);
    expect(view).toMatchObject({
      sessionId: session.id,
      orchestrator: ORCHESTRATOR,
      participants: [
        { agentId: BACKEND, role: 'implementer', status: ParticipantStatus.ACTIVE, joinTime: expect.any(Date) },
      ],
      workflow: { steps: [{ name: 'implementation', requiredAgents: [BACKEND], status: StepStatus.IN_PROGRESS }] },
      sharedContext: { project: 'feature/notifications', nested: { list: [1, null] } },
      contextRevision: 1,
      state: SessionState.ACTIVE,
      labels: { team: 'blue' },
      lastSequence: 1,
      idleTimeoutMs: 90_500,
    });
  });

  test('is led from its first step to its summary', async () => {
    const session = await orchestrator.createSession({
      sessionId: 'sess_notifications_1',
      steps: [{ name: 'design' }, { name: 'review' }],
    });
    expect(session.id).toBe('sess_notifications_1');
    expect(
      (await session.addParticipant({ agentId: 'codex://frontend', role: 'implementer' })).participants,
    ).toHaveLength(1);
    expect((await session.removeParticipant('codex://frontend')).participants).toMatchObject([
      { status: ParticipantStatus.REMOVED },
    ]);
    expect(
      (await session.updateWorkflow({ currentStep: 'review', completedSteps: ['design'] })).workflow,
    ).toMatchObject({
      currentStep: 'review',
      completedSteps: ['design'],
    });
    const merged = await session.updateSharedContext({ merge: { branch: 'main' } }, { expectedRevision: 1 });
    expect(merged).toMatchObject({ contextRevision: 2, sharedContext: { branch: 'main' } });
    expect((await session.updateSharedContext({ replace: {} })).sharedContext).toEqual({});
    expect(await session.complete({ summary: 'done', artifacts: ['s3://artifacts/build.zip'] })).toMatchObject({
      state: SessionState.COMPLETED,
      completion: { summary: 'done', artifacts: ['s3://artifacts/build.zip'] },
    });
  });

  test('is terminated with a reason', async () => {
    const session = await orchestrator.createSession();
    expect(await session.terminate({ reason: 'timeout', details: 'Frontend agent offline' })).toMatchObject({
      state: SessionState.TERMINATED,
      termination: { reason: 'timeout', details: 'Frontend agent offline' },
    });
  });

  test('refuses with a code, a reason and the facts', async () => {
    const session = await orchestrator.createSession();
    const refused = await session
      .updateSharedContext({ replace: {} }, { expectedRevision: 7 })
      .catch((error: AgentbusError) => error);
    expect(refused).toMatchObject({
      name: 'AgentbusError',
      code: 'ABORTED',
      reason: 'CONTEXT_REVISION_MISMATCH',
      facts: { expected: '7', actual: '1' },
    });
    await expect(orchestrator.openSession('sess_nowhere').get()).rejects.toMatchObject({ reason: 'SESSION_NOT_FOUND' });
    await expect(orchestrator.createSession({ sessionId: session.id })).rejects.toMatchObject({
      reason: 'SESSION_ALREADY_EXISTS',
    });
  });

  test('is found again, newest first, page by page', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 60; count++)
      ids.unshift((await orchestrator.createSession({ labels: { batch: 'listed' } })).id);
    const listed: string[] = [];
    for await (const { sessionId } of orchestrator.listSessions({ labels: { batch: 'listed' } }))
      listed.push(sessionId);
    expect(listed).toEqual(ids);
  });
});

describe('a delegated task', () => {
  test('can be delegated again under its own id, and only then', async () => {
    const session = await orchestrator.createSession({ participants });
    const task = {
      to: BACKEND,
      taskId: 'task_impl_backend',
      payload: { component: 'notification-service' },
      timeoutMs: 300_000,
    };
    expect(await session.delegate(task)).toBe('task_impl_backend');
    expect(await session.delegate(task)).toBe('task_impl_backend');
    await expect(session.delegate({ ...task, payload: {} })).rejects.toMatchObject({ reason: 'MESSAGE_ID_REUSED' });
    expect((await session.get()).lastSequence).toBe(2);
  });

  test('exists once though the answer of the bus was lost', async () => {
    const network = await createFaultyNetwork(bus.address);
    const remote = connectOrchestrator({ address: network.address, apiKey: bus.apiKey, agentId: ORCHESTRATOR });
    const session = await remote.createSession({ participants });
    const near = orchestrator.openSession(session.id);
    network.loseAnswers();
    const delegated = session.delegate({ to: BACKEND, payload: {} });
    for await (const { body } of near.events()) if (body.case === 'taskDelegated') break;
    network.cut();
    const taskId = await delegated;
    expect(network.connections).toBe(2);
    expect(await near.get()).toMatchObject({ lastSequence: 2 });
    for await (const { body } of near.events({ after: 1 })) {
      expect(body).toMatchObject({ case: 'taskDelegated', value: { task: { taskId, createdAt: expect.any(Date) } } });
      break;
    }
    remote.close();
    await network.close();
  });

  test('is delegated as soon as the bus is back', async () => {
    const session = await orchestrator.createSession({ participants });
    const port = Number(new URL(bus.address).port);
    await bus.kill();
    const delegated = session.delegate({ to: BACKEND, taskId: 'patient', payload: {} });
    bus = await startBusProcess({ dataDir, port });
    expect(await delegated).toBe('patient');
  });
});

describe('events', () => {
  test('come once each and in order through a kill -9 of the bus, until the session has ended', async () => {
    const session = await orchestrator.createSession();
    const seen: number[] = [];
    const first = Promise.withResolvers<void>();
    const following = (async () => {
      for await (const { sequence, time } of session.events()) {
        expect(time).toBeInstanceOf(Date);
        seen.push(sequence);
        if (sequence === 3) first.resolve();
      }
    })();
    for (const step of [1, 2]) await session.updateSharedContext({ merge: { step } });
    await first.promise;
    await killAndRestart();
    for (const step of [3, 4]) await retrying(() => session.updateSharedContext({ merge: { step } }));
    await session.complete({ summary: 'done' });
    await following;
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('come once each and in order through a cut connection', async () => {
    const network = await createFaultyNetwork(bus.address);
    const remote = connectOrchestrator({ address: network.address, apiKey: bus.apiKey, agentId: ORCHESTRATOR });
    const session = await orchestrator.createSession();
    const seen: number[] = [];
    for await (const { sequence } of remote.openSession(session.id).events()) {
      seen.push(sequence);
      if (sequence % 2 === 1) network.cut();
      if (sequence < 6) await session.updateSharedContext({ merge: { sequence } });
      else if (sequence === 6) await session.complete({ summary: 'done' });
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(network.connections).toBeGreaterThan(1);
    remote.close();
    await network.close();
  });

  test('start after a sequence, are filtered by type, and end with a session whose end is filtered out', async () => {
    const session = await orchestrator.createSession({ participants });
    await session.updateSharedContext({ merge: { a: 1 } });
    await session.delegate({ to: BACKEND, payload: {} });
    await session.updateSharedContext({ merge: { a: 2 } });
    await session.complete({ summary: '' });
    const seen: number[] = [];
    for await (const { sequence } of session.events({ after: 2, types: [SessionEventType.SHARED_CONTEXT_UPDATED] }))
      seen.push(sequence);
    expect(seen).toEqual([4]);
  });

  test('of a session that does not exist are refused', async () => {
    await expect(orchestrator.openSession('sess_nowhere').events().next()).rejects.toMatchObject({
      reason: 'SESSION_NOT_FOUND',
    });
  });

  test('end when their signal aborts, and when the client closes', async () => {
    const session = await orchestrator.createSession();
    const leaving = new AbortController();
    const events = session.events({ after: 1, signal: leaving.signal });
    const next = events.next();
    leaving.abort();
    await expect(next).rejects.toMatchObject({ code: 'CANCELLED' });

    const other = connectOrchestrator({ address: bus.address, apiKey: bus.apiKey, agentId: ORCHESTRATOR });
    const unfinished = other.openSession(session.id).events({ after: 1 }).next();
    other.close();
    await expect(unfinished).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

test('a wrong key is refused at once', async () => {
  const stranger = connectOrchestrator({ address: bus.address, apiKey: 'wrong', agentId: ORCHESTRATOR });
  await expect(stranger.createSession()).rejects.toMatchObject({ code: 'UNAUTHENTICATED', reason: 'KEY_INVALID' });
  stranger.close();
});

test('an agent that nobody registered is not found', async () => {
  await expect(orchestrator.agents.get('codex://nobody')).rejects.toMatchObject({ reason: 'AGENT_NOT_FOUND' });
});

/** Changes of a shared context are not repeated by the client: who wants that repeats them. */
async function retrying<Result>(call: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if ((error as AgentbusError).code !== 'UNAVAILABLE') throw error;
    }
  }
}
