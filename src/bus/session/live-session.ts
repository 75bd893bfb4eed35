import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { SessionSnapshotSchema } from '../../../gen/ts/agentbus/storage/v1/session_snapshot_pb.js';
import { type SessionEvent, SessionEventSchema } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { type Session, SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import type { SessionIndexEntry, StoredSession } from '../../engine/engine.ts';
import { isLoose } from '../task/loose-tasks.ts';
import { membersOf } from './commands.ts';
import { evolve } from './evolve.ts';
import { evolveTasks } from './evolve-tasks.ts';
import type { RecentEvents } from './recent-events.ts';
import { createRecentEvents } from './recent-events.ts';
import { createTasks, type Tasks } from './task-map.ts';

/**
 * One session in memory. `decided` runs ahead of the disk by the events that are
 * being written; `durable` is what readers are shown.
 */
export interface LiveSession {
  readonly sessionId: string;
  decided: Session;
  readonly tasks: Tasks;
  /** Undefined until the session's creation is on disk. */
  durable: Session | undefined;
  /** Resolves with the newest write; rejects if the store failed. */
  written: Promise<void>;
  /** Sequence of the newest snapshot, on disk or on its way there. */
  snapshotSequence: number;
  /** Its size. */
  snapshotBytes: number;
  /** Newest durable events. */
  readonly recent: RecentEvents;
  /** Called when `durable` moved. */
  readonly listeners: Set<() => void>;
}

/** Folds what an engine stored. */
export function liveFromStored(stored: StoredSession): LiveSession {
  const tasks = createTasks();
  let session: Session | undefined;
  if (stored.snapshot) {
    const snapshot = fromBinary(SessionSnapshotSchema, stored.snapshot.bytes);
    session = snapshot.session;
    for (const task of snapshot.tasks) tasks.set(task.taskId, task);
  }
  for (const { bytes } of stored.events) {
    const event = fromBinary(SessionEventSchema, bytes);
    session = evolve(session, event);
    evolveTasks(tasks, event);
  }
  if (session === undefined) throw new Error('an engine returned a session without events');
  return createLiveSession({
    decided: session,
    tasks,
    durable: session,
    snapshotSequence: stored.snapshot?.sequence ?? 0,
    snapshotBytes: stored.snapshot?.bytes.length ?? 0,
  });
}

/** A session in memory from its parts. */
export function createLiveSession(parts: {
  decided: Session;
  tasks: Tasks;
  durable: Session | undefined;
  snapshotSequence: number;
  snapshotBytes: number;
}): LiveSession {
  const { sessionId } = parts.decided;
  return { ...parts, sessionId, written: Promise.resolve(), recent: createRecentEvents(), listeners: new Set() };
}

/** The bytes that `liveFromStored` starts from. */
export function snapshotOf(session: Session, tasks: Tasks): Uint8Array {
  return toBinary(SessionSnapshotSchema, create(SessionSnapshotSchema, { session, tasks: [...tasks.values()] }));
}

/** What the engine lists a session by. */
export function indexOf(session: Session): SessionIndexEntry {
  const { state, updatedAt } = session;
  return {
    // What ends a session is the last thing that changes what it is listed by.
    ...(state !== SessionState.ACTIVE && updatedAt !== undefined && { endedAt: timestampMs(updatedAt) }),
    state: SessionState[state],
    // A task outside of sessions is in nobody's list.
    members: isLoose(session.sessionId) ? [] : membersOf(session),
    labels: session.labels,
  };
}

/** Whether an event changes what `indexOf` gives. */
export function changesIndex(event: SessionEvent): boolean {
  switch (event.body.case) {
    case 'sessionCreated':
    case 'participantAdded':
    case 'participantRemoved':
    case 'sessionCompleted':
    case 'sessionTerminated':
      return true;
    default:
      return false;
  }
}
