/**
 * Goal: a session that the log has forgotten does not exist for anybody, whatever they held of it, and its name is free.
 * Method: the real bus on the real engine in memory, whose retention runs on a clock of the test's own; where the order
 * of two things matters, the engine's answer is held back in between.
 */
import { create } from '@bufbuild/protobuf';
import { expect, onTestFinished, test } from 'vitest';
import type { SessionEvent } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import {
  CompleteSessionRequestSchema,
  UpdateSharedContextRequestSchema,
} from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import type { Bus } from '../../../src/bus/bus.ts';
import { createBus } from '../../../src/bus/create-bus.ts';
import type { SessionLog } from '../../../src/engine/engine.ts';
import { createSystemRandom } from '../../../src/lib/random.ts';
import { STORE_LIMITS } from '../../../src/limits.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { anybody, notificationsSession } from '../../open-bus.ts';
import { openInMemoryEngine } from '../in-memory-engine.ts';

const MINUTE = 60_000;
const sessionId = 'sess_a';
const never = new AbortController().signal;
const notFound = expect.objectContaining({ reason: 'SESSION_NOT_FOUND' });

interface StartOptions {
  /** Stands between the bus and the log of the engine. */
  readonly around?: (log: SessionLog) => SessionLog;
}

async function start({ around = (log) => log }: StartOptions = {}) {
  const clock = createFakeClock();
  const random = createSystemRandom();
  const retention = { ...STORE_LIMITS.retention, endedSessionAgeMs: MINUTE };
  const engine = await openInMemoryEngine(clock, { retention });
  const openBus = (sessions: SessionLog) =>
    createBus({
      engine: { ...engine, sessions },
      clock,
      random,
      observer: {},
      heartbeatIntervalMs: 15_000,
      taskLeaseMs: 30_000,
    });
  const bus = await openBus(around(engine.sessions));
  onTestFinished(() => bus.close());
  /** Resolves when the log has forgotten what has ended. */
  const forget = async (): Promise<void> => {
    const told = new Promise<void>((resolve) => {
      const stop = engine.sessions.onForgotten(() => {
        stop();
        resolve();
      });
    });
    clock.advance(2 * MINUTE);
    await told;
  };
  return { bus, engine, clock, forget, openBus };
}

const begin = (bus: Bus) => bus.sessions.create(anybody, notificationsSession({ sessionId }));
const put = (bus: Bus, text: string) => {
  const change = { case: 'sharedContext', value: { text } } as const;
  return bus.sessions.updateSharedContext(anybody, create(UpdateSharedContextRequestSchema, { sessionId, change }));
};
const complete = (bus: Bus) =>
  bus.sessions.complete(anybody, create(CompleteSessionRequestSchema, { sessionId, summary: 'done' }));
const watch = (bus: Bus) => {
  const query = { sessionId, afterSequence: 0, types: [], signal: never };
  return bus.sessions.watch(anybody, query)[Symbol.asyncIterator]();
};
const list = async (bus: Bus) => {
  const { sessions } = await bus.sessions.list(anybody, {
    state: SessionState.UNSPECIFIED,
    participant: '',
    labels: {},
    limit: 10,
  });
  return sessions.map((session) => session.sessionId);
};

/** Begins, fills and ends a session of which the newest events alone are in memory. */
async function longSession(bus: Bus): Promise<void> {
  await begin(bus);
  for (let count = 0; count < 12; count++) await put(bus, 'x'.repeat(300_000));
  await complete(bus);
}

test('it is not found, not listed and not changed, though it was in memory', async () => {
  const { bus, forget } = await start();
  await begin(bus);
  await complete(bus);
  expect(await bus.sessions.get(anybody, sessionId)).toMatchObject({ state: SessionState.COMPLETED });
  await forget();
  await expect(bus.sessions.get(anybody, sessionId)).rejects.toEqual(notFound);
  await expect(put(bus, 'a')).rejects.toEqual(notFound);
  const query = { sessionId, afterSequence: 0, types: [], limit: 10, waitMs: 0, signal: never };
  await expect(bus.sessions.events(anybody, query)).rejects.toEqual(notFound);
  await expect(watch(bus).next()).rejects.toEqual(notFound);
  expect(bus.sessionsNow.get(sessionId)).toBeUndefined();
  expect(await list(bus)).toEqual([]);
});

test('its name is free, and the next session of that name begins at its beginning', async () => {
  const { bus, forget } = await start();
  await begin(bus);
  await put(bus, 'a');
  await complete(bus);
  await expect(begin(bus)).rejects.toMatchObject({ reason: 'SESSION_ALREADY_EXISTS' });
  await forget();
  expect(await begin(bus)).toMatchObject({ lastSequence: 1n, state: SessionState.ACTIVE });
  expect(await put(bus, 'b')).toMatchObject({ lastSequence: 2n, contextRevision: 2n });
});

test('a watcher that is far behind is told so', async () => {
  const { bus, forget } = await start();
  await longSession(bus);
  const watcher = watch(bus);
  expect((await watcher.next()).done).toBe(false);
  await forget();
  await expect(watcher.next()).rejects.toEqual(notFound);
});

test('a watcher that is far behind is never shown the next session of that name', async () => {
  const { bus, forget } = await start();
  await longSession(bus);
  const watcher = watch(bus);
  const first: SessionEvent[] = (await watcher.next()).value;
  await forget();
  await longSession(bus);
  expect(first.length).toBeLessThan(12);
  await expect(watcher.next()).rejects.toEqual(notFound);
});

test('a watcher that has only to read what is in memory comes to the end', async () => {
  const { bus, forget } = await start();
  await begin(bus);
  const watcher = watch(bus);
  await watcher.next();
  await complete(bus);
  await forget();
  expect((await watcher.next()).value).toMatchObject([{ body: { case: 'sessionCompleted' } }]);
  expect(await watcher.next()).toMatchObject({ done: true });
});

test('one that is being read while it is forgotten does not stay behind in memory', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: wasRead, resolve: read } = Promise.withResolvers<void>();
  const { bus, engine, forget, openBus } = await start();
  await begin(bus);
  await complete(bus);
  // A bus that has not heard of the session yet, as after a restart.
  const later = await openBus({
    ...engine.sessions,
    async load(id) {
      const stored = await engine.sessions.load(id);
      read();
      await released;
      return stored;
    },
  });
  const getting = later.sessions.get(anybody, sessionId);
  await wasRead;
  await forget();
  release();
  await expect(getting).rejects.toEqual(notFound);
  expect(await begin(later)).toMatchObject({ lastSequence: 1n });
});

test('a list leaves out what was forgotten after the log named it', async () => {
  const around = (log: SessionLog): SessionLog => ({
    ...log,
    async list(query) {
      const page = await log.list(query);
      return { ...page, sessionIds: ['sess_gone', ...page.sessionIds] };
    },
  });
  const { bus } = await start({ around });
  await begin(bus);
  expect(await list(bus)).toEqual([sessionId]);
});

test('a session that is under way is never forgotten', async () => {
  const { bus, engine, clock } = await start();
  const forgotten: string[] = [];
  engine.sessions.onForgotten((ids) => forgotten.push(...ids));
  await begin(bus);
  await bus.sessions.create(anybody, notificationsSession({ sessionId: 'sess_b' }));
  await complete(bus);
  clock.advance(2 * MINUTE);
  await expect.poll(() => forgotten).toEqual([sessionId]);
  expect(await list(bus)).toEqual(['sess_b']);
});
