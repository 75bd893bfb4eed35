import { setImmediate } from 'node:timers/promises';
import type { Session } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { SESSION_LIMITS } from '../../limits.ts';
import type { LiveSession } from '../session/live-session.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import { rosterOf } from './roster.ts';
import { createSessionHistory, type SessionHistory } from './session-history.ts';

export interface ReadHistoryOptions {
  readonly registry: Pick<SessionRegistry, 'read'>;
  readonly live: LiveSession;
  /** Ends the reading, which then throws. */
  readonly signal: AbortSignal;
}

/**
 * Reads a session from its first event to the one that is the newest now: what comes meanwhile is left
 * out, so that session and history are of one moment. Throws LIMIT_REACHED, and SESSION_NOT_FOUND if it is forgotten meanwhile.
 */
export async function readHistory({ registry, live, signal }: ReadHistoryOptions): Promise<{
  session: Session;
  history: SessionHistory;
}> {
  if (live.durable === undefined) await live.written;
  const session = live.durable ?? live.decided;
  const history = createSessionHistory(rosterOf(session));
  const last = Number(session.lastSequence);
  for (let after = 0; after < last; ) {
    const limit = Math.min(SESSION_LIMITS.watchPageEvents, last - after);
    const page = await registry.read(live, { after, limit });
    for (const event of page) history.add(event);
    const newest = page.at(-1);
    if (newest === undefined) throw new Error(`session ${session.sessionId} has no event after ${after} of ${last}`);
    after = Number(newest.sequence);
    // A long session is read in many pages, and messages must not wait for the last one.
    await setImmediate();
    signal.throwIfAborted();
  }
  return { session, history };
}
