import { SESSION_LIMITS } from '../../limits.ts';
import { isLoose } from '../task/loose-tasks.ts';
import type { LiveSession } from './live-session.ts';

/**
 * Ended sessions that were asked for lately, so that they are answered without reading their log again. Tasks outside of
 * sessions have a bound of their own: there are many more of them, and each would push a session out.
 */
export interface EndedSessions {
  /** The session, which counts as asked for. */
  get(sessionId: string): LiveSession | undefined;
  put(live: LiveSession): void;
  delete(sessionId: string): void;
}

export function createEndedSessions(): EndedSessions {
  const sessions = createRecentlyUsed(SESSION_LIMITS.maxEndedInMemory);
  const looseTasks = createRecentlyUsed(SESSION_LIMITS.maxEndedInMemory);
  const kindOf = (sessionId: string): RecentlyUsed => (isLoose(sessionId) ? looseTasks : sessions);
  return {
    get: (sessionId) => kindOf(sessionId).get(sessionId),
    put: (live) => kindOf(live.sessionId).put(live),
    delete: (sessionId) => kindOf(sessionId).delete(sessionId),
  };
}

type RecentlyUsed = EndedSessions;

function createRecentlyUsed(bound: number): RecentlyUsed {
  /** Least recently used first. */
  const entries = new Map<string, LiveSession>();
  const put = (live: LiveSession): void => {
    entries.delete(live.sessionId);
    entries.set(live.sessionId, live);
    if (entries.size <= bound) return;
    for (const oldest of entries.keys()) return void entries.delete(oldest);
  };
  return {
    get(sessionId) {
      const live = entries.get(sessionId);
      if (live !== undefined) put(live);
      return live;
    },
    put,
    delete: (sessionId) => void entries.delete(sessionId),
  };
}
