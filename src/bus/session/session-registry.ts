import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt';
import { type SessionEvent, SessionEventSchema } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { type Session, SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import type { Journal, SessionAppend, SessionLog, Write } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { crashPoint } from '../../lib/crash-point.ts';
import { createTally } from '../../lib/tally.ts';
import { SESSION_LIMITS, TASK_LIMITS } from '../../limits.ts';
import { BusError } from '../bus-error.ts';
import { isLoose } from '../task/loose-tasks.ts';
import type { Change } from './change.ts';
import { createEndedSessions } from './ended-sessions.ts';
import type { EventBody } from './event-body.ts';
import { evolve } from './evolve.ts';
import { evolveTasks } from './evolve-tasks.ts';
import {
  changesIndex,
  createLiveSession,
  indexOf,
  type LiveSession,
  liveFromStored,
  snapshotOf,
} from './live-session.ts';
import { sessionNotFound } from './session-access.ts';
import { createTasks } from './task-map.ts';

const beforeWatchersTold = crashPoint('session.before-watchers-told');
const afterWatchersTold = crashPoint('session.after-watchers-told');

/**
 * The sessions in memory and the way their events reach the disk. Every session
 * that is under way is here, because one process owns the data; ended ones come
 * and go, until the log forgets them.
 *
 * Events are decided against memory and written behind: the next decision need not wait
 * for the disk. If a write fails the store has failed, and the process stops.
 */
export interface SessionRegistry {
  /** A session that is in memory. */
  peek(sessionId: string): LiveSession | undefined;
  /** A session from memory or disk. */
  load(sessionId: string): Promise<LiveSession | undefined>;
  /** Loads every session and every task outside of sessions that is under way; called once, before anything else. */
  loadActive(): Promise<void>;
  /**
   * Begins a session with its first events; it is in memory when this returns.
   * Throws SESSION_ALREADY_EXISTS if it is in memory already, LIMIT_REACHED.
   */
  begin(sessionId: string, change: Change, origin: EventOrigin): LiveSession;
  /** Writes a change; resolves when it is durable. Without events it is written all the same. */
  append(live: LiveSession, change: Change, origin: EventOrigin): Promise<void>;
  /**
   * Durable events after a sequence, oldest first; empty when there is none. Rejects SESSION_NOT_FOUND when the session
   * was forgotten since it was loaded, and they are not in memory.
   */
  read(live: LiveSession, query: { after: number; limit: number }): Promise<SessionEvent[]>;
  /** Calls `listener` with every event as soon as it is decided, in order for each session, before it is durable. */
  onDecided(listener: (event: SessionEvent, live: LiveSession) => void): () => void;
  /** Calls `listener` with every event once it is durable, in order for each session. */
  onEvent(listener: (event: SessionEvent, session: Session) => void): () => void;
  /** Resolves when every event so far is durable and its listeners were called. */
  flush(): Promise<void>;
  /** Sessions and tasks outside of sessions that are under way. */
  active(): Iterable<LiveSession>;
}

/** Who and what brought an event about. */
export interface EventOrigin {
  readonly actor: string;
  /** Message id; empty for none. */
  readonly cause?: string;
}

interface Loading {
  readonly session: Promise<LiveSession | undefined>;
  readonly meanwhile: Meanwhile;
}

/** What happened to a session while it was read from the log. */
interface Meanwhile {
  forgotten: boolean;
}

/** Where a session's log ends. */
type Position = Pick<Session, 'sessionId' | 'lastSequence'>;

interface Append {
  readonly events: readonly SessionEvent[];
  /** The session after them. */
  readonly after: Session;
  readonly change: Change;
}

export interface SessionRegistryOptions {
  readonly log: SessionLog;
  readonly journal: Journal;
  readonly clock: Clock;
  /** A write was refused that memory had decided: memory and disk contradict each other, the process must stop. */
  contradicted(error: unknown): void;
}

export function createSessionRegistry({ log, journal, clock, contradicted }: SessionRegistryOptions): SessionRegistry {
  const active = new Map<string, LiveSession>();
  const ended = createEndedSessions();
  const loading = new Map<string, Loading>();
  /** The newest write of all; writes become durable in order. */
  let newestWrite: Promise<void> = Promise.resolve();
  const eventListeners = new Set<(event: SessionEvent, session: Session) => void>();
  const decisionListeners = new Set<(event: SessionEvent, live: LiveSession) => void>();
  /** Tasks outside of sessions among the active ones, by delegator. */
  const looseTasks = createTally();

  function activate(live: LiveSession): void {
    active.set(live.sessionId, live);
    if (isLoose(live.sessionId)) looseTasks.add(live.decided.orchestrator, 1);
  }

  function retire(live: LiveSession): void {
    if (active.delete(live.sessionId) && isLoose(live.sessionId)) looseTasks.add(live.decided.orchestrator, -1);
    ended.put(live);
  }

  function peek(sessionId: string): LiveSession | undefined {
    return active.get(sessionId) ?? ended.get(sessionId);
  }

  async function loadFromLog(sessionId: string, meanwhile: Meanwhile): Promise<LiveSession | undefined> {
    const stored = await log.load(sessionId);
    // A session of this name may have begun while the disk was read, and the one that was read be forgotten.
    const begun = peek(sessionId);
    if (begun !== undefined || stored === undefined || meanwhile.forgotten) return begun;
    const live = liveFromStored(stored);
    if (live.decided.state === SessionState.ACTIVE) activate(live);
    else ended.put(live);
    return live;
  }

  function load(sessionId: string): Promise<LiveSession | undefined> {
    const live = peek(sessionId);
    if (live !== undefined) return Promise.resolve(live);
    const pending = loading.get(sessionId);
    if (pending !== undefined && !pending.meanwhile.forgotten) return pending.session;
    const meanwhile = { forgotten: false };
    const session = loadFromLog(sessionId, meanwhile).finally(() => {
      if (loading.get(sessionId)?.meanwhile === meanwhile) loading.delete(sessionId);
    });
    loading.set(sessionId, { session, meanwhile });
    return session;
  }

  // Nobody can ask for them again, so that those who hold one are the last.
  log.onForgotten((sessionIds) => {
    for (const sessionId of sessionIds) {
      ended.delete(sessionId);
      const pending = loading.get(sessionId);
      if (pending !== undefined) pending.meanwhile.forgotten = true;
    }
  });

  /** Whether another session has the name of one that was forgotten while somebody held it. */
  function isReplaced({ sessionId, decided }: LiveSession): boolean {
    const current = peek(sessionId)?.decided ?? decided;
    return createdAt(current) !== createdAt(decided);
  }

  function number(after: Position, bodies: readonly EventBody[], { actor, cause = '' }: EventOrigin): SessionEvent[] {
    const time = timestampFromMs(clock.now());
    const { sessionId, lastSequence } = after;
    return bodies.map((body, index) =>
      create(SessionEventSchema, { sessionId, sequence: lastSequence + BigInt(index + 1), time, actor, cause, body }),
    );
  }

  /** Hands events to the journal and moves `decided` on; `durable` follows when they are on disk. */
  function write(live: LiveSession, { events, after, change }: Append): Promise<void> {
    const encoded = events.map((event) => toBinary(SessionEventSchema, event));
    for (const event of events) evolveTasks(live.tasks, event);
    live.decided = after;
    const isEnd = events.length > 0 && after.state !== SessionState.ACTIVE;
    const append = events.length > 0 && appendOf(live, { events, encoded, isEnd });
    live.written = journal.commit({ ...sideWrites(change), ...(append && { append }) }).then(() => {
      beforeWatchersTold();
      live.durable = after;
      for (const [index, event] of events.entries()) live.recent.add(event, encoded[index]?.length ?? 0);
      if (isEnd) retire(live);
      for (const listener of [...live.listeners]) listener();
      for (const event of events) {
        for (const listener of eventListeners) listener(event, after);
      }
      afterWatchersTold();
    });
    // Whoever needs the disk awaits `written` and gets the same error.
    live.written.catch(contradicted);
    newestWrite = live.written;
    for (const event of events) {
      for (const listener of decisionListeners) listener(event, live);
    }
    return live.written;
  }

  function requireRoom({ sessionId, orchestrator }: Session): void {
    if (!isLoose(sessionId)) {
      requireFewer(active.size - looseTasks.total, SESSION_LIMITS.maxActiveSessions, 'active sessions');
    } else {
      requireFewer(looseTasks.total, TASK_LIMITS.maxLooseTasks, 'open tasks outside of sessions');
      const theirs = looseTasks.of(orchestrator);
      requireFewer(theirs, TASK_LIMITS.maxLooseTasksPerDelegator, 'open tasks of one delegator outside of sessions');
    }
  }

  return {
    peek,
    load,
    async loadActive() {
      let after: string | undefined;
      do {
        const page = await log.list({ state: ACTIVE, limit: SESSION_LIMITS.loadTogether, ...(after && { after }) });
        await Promise.all(page.sessionIds.map(load));
        after = page.next;
      } while (after !== undefined);
    },
    begin(sessionId, change, origin) {
      if (peek(sessionId) !== undefined) throw sessionAlreadyExists(sessionId);
      const events = number({ sessionId, lastSequence: 0n }, change.bodies, origin);
      const after = foldAll(undefined, events);
      requireRoom(after);
      const none = { durable: undefined, snapshotSequence: 0, snapshotBytes: 0 };
      const live = createLiveSession({ decided: after, tasks: createTasks(), ...none });
      activate(live);
      void write(live, { events, after, change });
      return live;
    },
    append(live, change, origin) {
      const events = number(live.decided, change.bodies, origin);
      return write(live, { events, after: foldAll(live.decided, events), change });
    },
    async read(live, { after, limit }) {
      const recent = live.recent.after(after);
      if (recent !== undefined) return recent.slice(0, limit);
      const { sessionId, durable } = live;
      const stored = await log.read({ sessionId, after, limit, maxBytes: SESSION_LIMITS.watchPageBytes });
      const isGone = stored.length === 0 && durable !== undefined && durable.lastSequence > BigInt(after);
      if (isGone || isReplaced(live)) throw sessionNotFound(sessionId);
      return stored.map(({ bytes }) => fromBinary(SessionEventSchema, bytes));
    },
    onDecided(listener) {
      decisionListeners.add(listener);
      return () => void decisionListeners.delete(listener);
    },
    onEvent(listener) {
      eventListeners.add(listener);
      return () => void eventListeners.delete(listener);
    },
    flush: () => newestWrite,
    active: () => active.values(),
  };
}

/** The error for a session id that is taken. */
export function sessionAlreadyExists(sessionId: string): BusError {
  return new BusError('SESSION_ALREADY_EXISTS', `session ${sessionId} exists already`, { session_id: sessionId });
}

/** Throws LIMIT_REACHED when there are as many as may be. */
function requireFewer(count: number, limit: number, bound: string): void {
  if (count < limit) return;
  throw new BusError('LIMIT_REACHED', `there are ${count} ${bound}; no more are allowed`, { bound, limit });
}

function createdAt({ createdAt }: Session): number {
  return createdAt === undefined ? 0 : timestampMs(createdAt);
}

/** State under which sessions that are under way are listed. */
const ACTIVE = SessionState[SessionState.ACTIVE];

interface EncodedEvents {
  readonly events: readonly SessionEvent[];
  readonly encoded: readonly Uint8Array[];
  readonly isEnd: boolean;
}

/** The events of a write as the log takes them; the session stands after them already. */
function appendOf(live: LiveSession, { events, encoded, isEnd }: EncodedEvents): SessionAppend {
  const { decided, sessionId } = live;
  const lastSequence = Number(decided.lastSequence);
  // A snapshot has all tasks in it: the more there are the rarer it is, so that each event costs the same.
  const dueAfter = Math.max(SESSION_LIMITS.snapshotEvery, live.tasks.size);
  const takesSnapshot = isEnd || lastSequence - live.snapshotSequence >= dueAfter;
  const snapshot = takesSnapshot ? snapshotOf(decided, live.tasks) : undefined;
  if (snapshot !== undefined) {
    live.snapshotSequence = lastSequence;
    live.snapshotBytes = snapshot.length;
  }
  return {
    sessionId,
    expectedSequence: lastSequence - events.length,
    events: encoded,
    ...(events.some(changesIndex) && { index: indexOf(decided) }),
    ...(snapshot && { snapshot }),
  };
}

/** The parts of a write beside the events; the engine takes none that is empty. */
function sideWrites({ messages = [], withdraw = [], forget = [] }: Change): Write {
  return {
    ...(messages.length > 0 && { messages }),
    ...(withdraw.length > 0 && { withdraw }),
    ...(forget.length > 0 && { forget }),
  };
}

function foldAll(before: Session | undefined, events: readonly SessionEvent[]): Session {
  let session = before;
  for (const event of events) session = evolve(session, event);
  if (session === undefined) throw new Error('a session cannot begin without an event');
  return session;
}
