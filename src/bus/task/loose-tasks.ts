import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { SessionCompletedSchema, SessionCreatedSchema } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { type Session, SessionSchema, SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import type { EventBody } from '../session/event-body.ts';

/**
 * A task outside of sessions is kept as a session of its own that nobody sees: one log, one task, ended with
 * it. So it has the same life, timers and record as any other task, and nothing else knows a second kind.
 */
const PREFIX = '~';

/** Name of the log of a task outside of sessions. No session can have it: ids start with a letter or a digit. */
export function looseSessionId(delegator: string, taskId: string): string {
  return `${PREFIX}${delegator} ${taskId}`;
}

/** Whether a session is the log of a task outside of sessions. */
export function isLoose(sessionId: string): boolean {
  return sessionId.startsWith(PREFIX);
}

/** The session id that clients are shown: empty for a task outside of sessions. */
export function shownSessionId(sessionId: string): string {
  return isLoose(sessionId) ? '' : sessionId;
}

/** Label under which the log of a task names that of the task which caused it. */
const PARENT = 'parent';

/** What the log of a task outside of sessions begins with. */
export interface NewLooseSession {
  readonly sessionId: string;
  readonly delegator: string;
  /** Name of the log of the task that caused it. */
  readonly parent: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The name of the log of the task that caused the one of this log. */
export function looseParentOf({ labels }: Session): string | undefined {
  return labels[PARENT];
}

/** The first event of the log. */
export function looseSessionCreated({ sessionId, delegator, parent, now }: NewLooseSession): EventBody {
  const time = timestampFromMs(now);
  const session = create(SessionSchema, {
    sessionId,
    orchestrator: delegator,
    workflow: {},
    contextRevision: 1n,
    labels: parent === undefined ? {} : { [PARENT]: parent },
    state: SessionState.ACTIVE,
    createdAt: time,
    updatedAt: time,
  });
  return { case: 'sessionCreated', value: create(SessionCreatedSchema, { session }) };
}

/** The last event of the log. */
export function looseSessionEnded(): EventBody {
  return { case: 'sessionCompleted', value: create(SessionCompletedSchema, { completion: {} }) };
}
